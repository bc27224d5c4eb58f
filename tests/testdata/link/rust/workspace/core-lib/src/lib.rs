mod shapes;
//  ^ resolved/import core-lib/src/shapes.rs:1
pub mod text {
    pub fn trim(s: &str) -> &str {
        super::identity(s)
        //     ^ resolved/call core-lib/src/lib.rs:11
    }
}
pub use shapes::{Circle, Shape};
//                       ^ resolved/import core-lib/src/shapes.rs:3
pub fn identity(s: &str) -> &str {
    s
}

#[macro_export]
macro_rules! twice {
    ($x:expr) => {
        $x + $x
    };
}
