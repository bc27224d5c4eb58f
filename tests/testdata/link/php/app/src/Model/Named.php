<?php
namespace Acme\App\Model;

trait Named
{
    protected ?string $title = null;
    public function label(): string
    {
        return strtoupper($this->title);
        //     ^ external/call external:php#strtoupper
        //                       ^ resolved/read :6
    }
    public function describe(): string { return $this->label(); }
    //                                                 ^ resolved/call :7
}
