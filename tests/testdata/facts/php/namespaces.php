<?php
namespace One { use PHPUnit\Framework\TestCase; class ATest extends TestCase { public function testIt(): void { $this->assertSame(1, \Two\two()); } } }
namespace Two { function two() { return \strlen('x'); } }
