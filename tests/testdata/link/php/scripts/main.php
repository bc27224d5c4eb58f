<?php
require __DIR__ . '/inc/lib.php';
define('ROOT', __DIR__);
$config = config();
//        ^ resolved/call inc/lib.php:14
echo ROOT, PHP_EOL;
//   ^ resolved/read :3
//         ^ external external:php#PHP_EOL
$thing = new One\Thing();
//               ^ resolved/new inc/lib.php:3
$thing->go();
//      ^ resolved/call inc/lib.php:3
