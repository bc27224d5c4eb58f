<?php
declare(strict_types=1);

namespace App\Http;

use Foo\Bar as Baz, Qux;
use function Foo\{helper, other as renamed};
use const A\LIMIT;
use Symfony\Component\Routing\Attribute\Route;

/** A controller. */
#[Deprecated]
abstract class Controller extends Base implements Handler, \Psr\Log\Aware
{
    use Logs, Caches { Logs::log insteadof Caches; warm as protected heat; }

    public const X = 1, Y = self::X;
    private static ?Baz $shared = null;
    protected array $items = [];

    public function __construct(private readonly Baz $baz, int|string $n = 1, Qux ...$rest)
    {
        parent::__construct($n);
        $this->items = $rest;
        self::$shared ??= new static($baz);
    }

    #[Route('/list', name: 'list', methods: ['POST', 'GET'])]
    public function index(Request $request): ?Response
    {
        foreach ($this->items as $key => $item) {
            if ($item instanceof Qux && $key > LIMIT || !$item) {
                $item->run($this->baz, name: $key);
            } elseif ($request?->ok()) {
                continue;
            } else {
                helper("x $key {$item->name}");
            }
        }
        [$first, 'k' => $second] = $request->all();
        $map = fn (int $v) => $v * $first;
        $run = function () use ($second, &$map): Qux {
            $inner = $second;
            return $map($inner);
        };
        try {
            return match (true) { $first > 1 => new Response($run), default => Baz::make(static::X) };
        } catch (NotFound | \RuntimeException $e) {
            throw new Failure($e->getMessage());
        }
    }

    abstract protected function area(): float;

    public static function make(string $class): static
    {
        $f = strlen(...);
        $made = new $class();
        $o = new class($f) extends Base { public int $z = 0; };
        return namespace\build($made, $o::X, Baz::class);
    }
}

interface Handler extends \Countable { const MAX = 10; public function handle(): void; }
trait Logs { private $log; public function log(string $m) { echo $this->log, static::class; } }
enum Suit: string implements Handler { case Hearts = 'H'; const Wild = self::Hearts; public function handle(): void {} }

function build(array &$made, callable $f = null): \Foo\Thing
{
    global $config;
    static $count = 0;
    $count++;
    $made['x']->y = $undefined;
    preg_match('/a/', $made, $matches);
    return $f($matches, $config);
}
