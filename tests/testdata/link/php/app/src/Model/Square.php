<?php
namespace Acme\App\Model;

class Square extends Base
//                   ^ resolved/inherit src/Model/Base.php:7
{
    use Named;
    //  ^ resolved/inherit src/Model/Named.php:4

    public function __construct($log)
    {
        parent::__construct($log);
        //      ^ resolved/call src/Model/Base.php:12
        $this->label();
        //     ^ resolved/call src/Model/Named.php:7
    }
    public function area(): float
    {
        return $this->size();
        //            ^ resolved/call :22
    }
    private function size(): int { return 1; }
}
