use std::io;
use std::ops::Deref;

pub trait Describe {
    fn describe(&self) -> String;
    fn of(text: &str) -> Self;
}

impl Describe for io::Error {
    fn describe(&self) -> String {
        self.to_string()
    }
    fn of(text: &str) -> io::Error {
        io::Error::new(io::ErrorKind::Other, text)
    }
}

#[derive(Clone, Default)]
pub struct Page {
    pub number: u32,
    start: Option<u32>,
}

impl Page {
    pub fn turn(&mut self) -> Page {
        self.clone()
        //   ^ external/call external:std#Clone.clone
    }
    pub fn start(&mut self, at: u32) -> &mut Page {
        self.start = Some(at);
        self
    }
    pub fn finish(&self) {}
}

/// A list by another name.
pub struct Pages(Vec<Page>);

impl Deref for Pages {
    type Target = Vec<Page>;
    fn deref(&self) -> &Vec<Page> {
        &self.0
    }
}

pub struct Handle(Page);

impl Deref for Handle {
    type Target = Page;
    fn deref(&self) -> &Page {
        &self.0
    }
}

pub struct Loading;

impl std::future::IntoFuture for Loading {
    type Output = Page;
    fn into_future(self) -> std::future::Ready<Page> {
        std::future::ready(Page::default())
    }
}

pub fn fail(error: io::Error) -> String {
    let other = io::Error::of("no");
    //                     ^ resolved/call :13
    other.kind();
    //    ^ external/call external:std#io.Error.kind
    error.kind();
    //    ^ external/call external:std#io.Error.kind
    error.describe()
    //    ^ resolved/call :10
}

pub async fn read(pages: Pages, mut handle: Handle, slice: &[Page]) {
    pages.len();
    //    ^ external/call external:std#Vec.len
    handle.turn();
    //     ^ resolved/call :25
    let mut page = Page::default();
    //                   ^ external/call external:std#Default.default
    page.turn();
    //   ^ resolved/call :25
    page = page.turn();
    //          ^ resolved/call :25
    page.start(1).finish();
    //   ^ resolved/call :29
    //            ^ resolved/call :33
    slice.last().unwrap().turn();
    //                    ^ resolved/call :25
    let loaded = Loading.await;
    loaded.finish();
    //     ^ resolved/call :33
    for one in anything {
        one.start(2);
        //  ^ unresolved
        one.clone();
        //  ^ unresolved
        one.finish();
        //  ^ heuristic/call :33
    }
    turn();
    // @5 unresolved
    std::mem::drop(page);
    //        ^ external/call external:std#mem.drop
}
