use crate::App;
//         ^ resolved/import app/src/main.rs:12

pub enum Level {
    High(u8),
    Low,
}

impl Level { pub fn parse(s: &str) -> Result<Level, String> {
        let level = Level::High(1);
        level.raise();
        //    ^ resolved/call :18
        Self::Low.raise();
        //        ^ resolved/call :18
        Ok(level)
    }

    fn raise(&self) {}
}

impl super::App {
    pub fn other(&self) {}
}

impl App {
    pub fn fix(&self, n: u8) {
        self.other();
        //   ^ resolved/call :22
        self.http.send(n);
        //        ^ resolved/call app/src/net/client.rs:13
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses() {
        assert!(Level::parse("a").unwrap().raise());
        //             ^ resolved/call :9
        //                                 ^ resolved/call :18
    }
}
