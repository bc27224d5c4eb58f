<?php
namespace One {
    class Thing { public function go(): self { return $this; } }
    function run() { return new Thing(); }
    //                          ^ resolved/new :3
}
namespace One\Two {
    use One\Thing as Alias;
    function run() { return (new Alias())->go()->go(); }
    //                                     ^ resolved/call :3
    //                                           ^ resolved/call :3
}
namespace {
    function config() { return \One\Two\run(); }
    //                                  ^ resolved/call :9
}
