//! The crate's front page.
use std::collections::{self, HashMap as Map};
use crate::store::*;
pub use self::inner::Thing;
extern crate alloc as heap;

mod store;
pub mod inner {
    use super::Shape;
    pub struct Thing;
    pub(crate) fn area_of(s: &dyn Shape) -> f64 {
        s.area()
    }
}

/// A shape
/// with an area.
pub trait Shape: Send + std::fmt::Debug {
    const SIDES: u32;
    type Unit: Clone;
    fn area(&self) -> f64;
    fn describe(&self) -> String {
        format!("{}: {}", Self::SIDES, self.area())
    }
    fn unit() -> Self
    where
        Self: Sized;
}

/// A circle.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Circle<T: Shape> {
    /// Half of it.
    pub radius: f64,
    inner: Option<Box<T>>,
}

#[derive(Default)]
pub struct Wrapper(pub Circle<inner::Thing>, u8);

pub enum Kind {
    #[default]
    Plain,
    Tuple(Circle<inner::Thing>, i32),
    Named { width: u32, label: String },
    Numbered = 7,
}

union Bits {
    int: u32,
    float: f32,
}

pub const LIMIT: usize = 10;
static mut COUNTER: u32 = 0;
pub type Circles = Vec<Circle<inner::Thing>>;

impl<T: Shape> Circle<T> {
    pub const ZERO: f64 = 0.0;

    pub fn new(radius: f64, inner: T) -> Self {
        Self { radius, inner: Some(Box::new(inner)) }
    }

    async fn grow(&mut self, by: f64) -> Result<(), Error> {
        self.radius += by;
        Ok(())
    }
}

impl<T> Shape for Circle<T>
where
    T: Shape,
{
    const SIDES: u32 = 1;
    type Unit = f64;
    fn area(&self) -> f64 {
        std::f64::consts::PI * self.radius * self.radius
    }
    fn unit() -> Self {
        unimplemented!()
    }
}

impl<T: std::fmt::Display> Describe for T {}

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

extern "C" {
    fn strlen(s: *const u8) -> usize;
}

#[tokio::main]
async fn main() {
    let n = square!(LIMIT);
    run(n).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_add_up() {
        assert_eq!(Circle::new(1.0, thing()).area(), 3.14, "not {}", LIMIT);
    }
}

pub struct Marker<T> {
    made: PhantomData<fn() -> T>,
}

impl<F: Fn(u8) -> Kind> Route for Marker<fn(F) -> Kind> {}
