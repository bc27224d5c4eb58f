<html><?php
require_once __DIR__ . '/bootstrap.php';
include 'views/' . $name;
define('VERSION', '1.0');
const DEBUG = false;
$app = new App(VERSION);
$app->get('/users/{id}', [UserController::class, 'show']);
Route::post('users', UserController::class);
$app->get('/x', function ($req) use ($app) { return $app->render($req, \Foo\VIEW); });
if (!function_exists('old')) {
    function old() { return DEBUG; }
}
it('does x', function () { expect(old())->toBe(1); });
$total = array_map(fn ($x) => $x + $app->size, $_GET);
?>
<p><?= $total ?> <?= $unknown ?></p>
