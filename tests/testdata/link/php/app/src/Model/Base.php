<?php
namespace Acme\App\Model;

use Psr\Log\LoggerInterface as Logger;
//          ^ external/import external:Psr#Log.LoggerInterface

abstract class Base implements Shape
//                             ^ resolved/inherit src/Model/Shape.php:4
{
    public static int $made = 0;
    private $cache;
    public function __construct(protected Logger $log, private int $size = 1)
    {
        self::$made++;
        //     ^ resolved/write :10
        $this->log->info('made');
        //          ^ external external:Psr#Log.LoggerInterface.info
        $this->cache->drop();
        //            ^ unresolved
    }
    public static function make(Logger $log): static
    {
        return new static($log);
        //         ^ resolved/new :7 :12
    }
    public function label(): string { return 'base'; }
    public function twice(): float
    {
        return 2 * $this->area() + self::SIDES;
        //                ^ dispatch/call src/Model/Shape.php:7 src/Model/Square.php:17
        //                               ^ resolved/read src/Model/Shape.php:6
    }
}
