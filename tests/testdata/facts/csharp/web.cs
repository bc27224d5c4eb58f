using Microsoft.AspNetCore.Mvc;
using Xunit;

var app = WebApplication.Create(args);
app.MapGet("/health", Health);
app.MapPost("/orders", (Order o) => o.Save());
app.Run();
static string Health() => "ok";

[ApiController]
[Route("api/orders")]
public class OrdersController : Controller {
  [HttpGet("{id}")]
  public IActionResult Get(int id) => Ok(id);
  [HttpPost]
  public IActionResult Post([FromBody] Order order) { return Created(order); }
#if DEBUG
  [HttpDelete("/all")] public void Clear() { }
#endif
}

public class OrderTests {
  [Fact] public void Adds() { Assert.Equal(2, 1.Twice()); }
  [Theory, InlineData(1)] public void Many(int n) { }
}
