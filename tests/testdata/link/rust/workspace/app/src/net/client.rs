use super::retry;
//         ^ resolved/import app/src/net/mod.rs:3

pub struct Client {
    url: String,
}

impl Client {
    pub fn connect(url: &str) -> Result<Self, String> {
        Ok(Client { url: url.to_string() })
    }

    pub fn send(&self, n: u8) {
        let again = |x| retry(x);
        //              ^ resolved/call app/src/net/mod.rs:3
        again(n);
        // @9 resolved/call :14
        self::helper(&self.url);
        //    ^ resolved/call :23
    }
}

fn helper(s: &str) {}
