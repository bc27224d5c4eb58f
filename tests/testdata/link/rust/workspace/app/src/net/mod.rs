pub mod client;
//      ^ resolved/import app/src/net/client.rs:1
pub fn retry<T: Into<u32>>(f: impl Fn() -> T) -> u32 {
    f().into()
}
