<?php
namespace Acme\App;

const LIMIT = 10;

function helper(int $n): Model\Square
//                             ^ resolved/type src/Model/Square.php:4
{
    return new Model\Square(LIMIT + $n);
    //               ^ resolved/new src/Model/Square.php:4 src/Model/Square.php:10
    //                      ^ resolved/read :4
}
function strlen(string $s): int { return \strlen($s); }
//                                        ^ external external:php#strlen
