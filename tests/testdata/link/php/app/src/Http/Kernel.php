<?php
namespace Acme\App\Http;

use Acme\App\Model\{Square, Shape as Form, Base};
//                  ^ resolved/import src/Model/Square.php:4
//                          ^ resolved/import src/Model/Shape.php:4
use Acme\App\Model;
use function Acme\App\helper;
//                    ^ resolved/import src/functions.php:6
use const Acme\App\LIMIT;
use Acme\App\Gone\Thing;
//                ^ external/import external:Acme#App.Gone.Thing

enum Mode: string
{
    case Fast = 'f';
    case Slow = 's';
    public function isFast(): bool { return $this === self::Fast; }
    //                                                      ^ resolved/read :16
}

class Kernel
{
    private Square $square;
    private array $forms = [];

    public function run(Form $form, $any, Mode $mode = Mode::Fast): void
    //                  ^ resolved/type src/Model/Shape.php:4
    //                                                       ^ resolved/read :16
    {
        $form->area();
        //     ^ dispatch/call src/Model/Shape.php:7 src/Model/Square.php:17
        $this->square->twice();
        //     ^ resolved/read :24
        //             ^ resolved/call src/Model/Base.php:27
        helper(LIMIT)->describe();
        // @9 resolved/call src/functions.php:6
        //     ^ resolved/read src/functions.php:4
        //             ^ resolved/call src/Model/Named.php:13
        $made = Square::make($any);
        //              ^ resolved/call src/Model/Base.php:21
        $other = new Model\Square($any);
        //                 ^ resolved/new src/Model/Square.php:4 src/Model/Square.php:10
        $other->area();
        //      ^ resolved/call src/Model/Square.php:17
        \Acme\App\helper(1);
        //        ^ resolved/call src/functions.php:6
        new \Acme\App\Model\Square($any);
        //                  ^ resolved/new src/Model/Square.php:4 src/Model/Square.php:10
        $mode->isFast();
        //     ^ resolved/call :18
        Mode::from('f');
        //    ^ external external:php#BackedEnum.from
        $any->whatever();
        //    ^ unresolved
        $made->area();
        //     ^ dispatch src/Model/Shape.php:7 src/Model/Square.php:17
        $any();
        // @10 unresolved/call :27
        Model();
        // @9 unresolved
        missing_function();
        // @9 unresolved
        $read = fn (Square $s) => $s->area() + \count($this->forms);
        //                            ^ resolved/call src/Model/Square.php:17
        //                                      ^ external external:php#count
        \Other\Pkg\thing();
        //         ^ external external:Other#Pkg.thing
        throw new \RuntimeException('x');
        //         ^ external/new external:php#RuntimeException
    }
}
