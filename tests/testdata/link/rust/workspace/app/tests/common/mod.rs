use core_lib::Circle;

pub fn setup() -> Circle {
    Circle::new(0.0)
    //      ^ resolved/call core-lib/src/shapes.rs:22
}
