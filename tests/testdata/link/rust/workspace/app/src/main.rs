mod config;
mod net;

use core_lib::{Circle, Shape};
//  ^ resolved/import core-lib/src/lib.rs:1
//             ^ resolved/import core-lib/src/shapes.rs:17
use net::client::Client as Http;
//               ^ resolved/import app/src/net/client.rs:4
use std::collections::HashMap;
//                    ^ external/import external:std#collections.HashMap

pub struct App {
    http: Http,
    table: HashMap<String, Http>,
}

fn draw(shape: &dyn Shape) -> f64 {
    shape.area()
    //    ^ dispatch/call core-lib/src/shapes.rs:4 core-lib/src/shapes.rs:28
}

fn main() {
    let app = App { http: Http::connect("x").unwrap(), table: HashMap::new() };
    //        ^ exact/new :12
    //              ^ resolved/write :13
    //                          ^ resolved/call app/src/net/client.rs:9
    app.http.send(1);
    //       ^ resolved/call app/src/net/client.rs:13
    let c = Circle::new(1.0);
    //              ^ resolved/call core-lib/src/shapes.rs:22
    draw(&c);
    // @5 exact/call :17
    println!("{}", c.area());
    //               ^ resolved/call core-lib/src/shapes.rs:28
    let level = config::Level::parse("x")?;
    //                         ^ resolved/call app/src/config.rs:9
    match level {
        config::Level::High(n) => app.fix(n),
        //             ^ resolved app/src/config.rs:5
        //                            ^ resolved/call app/src/config.rs:26
        config::Level::Low => serde_json::to_string(&n),
        //                                ^ external/call external:serde_json#to_string
    }
    let n = core_lib::twice!(2);
    //                ^ resolved/macro core-lib/src/lib.rs:16
    for http in app.table.values() {
        http.anything();
        //   ^ unresolved
    }
}
