<?php
namespace Acme\App\Model;

interface Shape
{
    const SIDES = 4;
    public function area(): float;
}
