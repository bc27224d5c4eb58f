use crate::text;

pub trait Shape {
    fn area(&self) -> f64;
    fn name(&self) -> String {
        self.label();
        //   ^ dispatch/call :11 :32
        text::trim("x").to_string()
        //    ^ resolved/call core-lib/src/lib.rs:4
    }
    fn label(&self) -> u32 {
        1
    }
}

#[derive(Clone)]
pub struct Circle {
    pub radius: f64,
}

impl Circle {
    pub fn new(radius: f64) -> Self {
        Self { radius }
    }
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        self.radius
        //   ^ resolved/read :18
    }
    fn label(&self) -> u32 {
        2
    }
}
