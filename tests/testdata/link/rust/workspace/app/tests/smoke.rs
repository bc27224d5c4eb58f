mod common;
//  ^ resolved/import app/tests/common/mod.rs:1

#[test]
fn works() {
    common::setup().send(2);
    //      ^ resolved/call app/tests/common/mod.rs:3
    core_lib::text::trim("x");
    //              ^ resolved/call core-lib/src/lib.rs:4
}
