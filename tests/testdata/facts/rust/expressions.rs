use crate::model::{Event, Item, Shelf};

struct Book {
    title: String,
    pages: Vec<Page>,
}

fn find(shelf: &mut Shelf, name: &str) -> Option<Item> {
    let mut best: Option<Item> = None;
    for item in shelf.items.iter() {
        if item.name == name && !item.hidden || item.pinned {
            best = Some(item.clone());
        } else if let Some(other) = shelf.get(name) {
            other.touch();
        } else {
            continue;
        }
    }
    best
}

fn shadow(x: u32) -> u32 {
    let x = x + 1;
    let y = { let x = x * 2; x };
    let add = |a: u32, b| a + b + x;
    add(x, y)
}

fn matching(event: Event, limit: u32) -> u32 {
    match event {
        Event::Key(code) if code > limit => code,
        Event::Click { x, y: row } => x + row,
        Event::Quit | Event::None => LIMIT,
        other @ Event::Resize(..) => other.size(),
        _ => 0,
    }
}

fn patterns(pair: (Book, u8), maybe: Option<Book>) {
    let (book, count) = pair;
    let Book { title, pages: all } = book;
    let Some(second) = maybe else { return };
    while let Some(page) = all.iter().next() {
        page.turn::<u8>(count);
    }
    if let Some(ref b) = second.lookup() && b.ready() {
        b.title = title;
    }
}

fn calls<T: Into<Item> + Clone>(value: T) -> std::io::Result<()> {
    let item = Item::load("a")?.validate()?;
    let book = Book { title: "x".to_string(), ..Default::default() };
    let made = crate::model::Item::<u8>::with(value.into());
    let method = <Item as Clone>::clone(&item);
    let first = book.pages[0].number as u32;
    std::fs::File::open(&*item.path)?;
    (item.hook)(first);
    'outer: loop {
        if u32::MAX > first { break 'outer; }
    }
    let numbers: [Page; 2] = [Page::new(), Page::new()];
    let all = vec![Page::new(), make_page(1, 2)];
    println!("{} {name}", item.label(&book), name = book.title);
    assert!(matches!(made.kind(), Kind::Small | Kind::Large(n) if n > 1), "no {:?}", made);
    write!(out, "{}", self::helper(|p| p.number + first)).unwrap();
    custom! { anything goes(here) }
    Ok(())
}

async fn fetch(client: Arc<Client>) -> Box<dyn Fn(u32) -> Reply> {
    let reply = client.get("/").await.unwrap();
    reply.body().await;
    fn helper(p: &Page) -> u32 { p.number }
    helper(&reply.page);
    Box::new(move |n| reply.with(n))
}
