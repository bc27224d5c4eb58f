from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TYPE_CHECKING, Dict, Iterator, Optional, Self, TypeVar

import shapes
from shapes import Canvas, Pen

if TYPE_CHECKING:
    from shapes import Ink
    #                  ^ resolved/import shapes.py:1

try:
    from fast_shapes import draw
except ImportError:
    from shapes import draw

T = TypeVar("T", bound=Pen)
type Pens = list[Pen]


@dataclass
class Page:
    pen: Pen
    inks: Dict[str, Ink]
    spare: Pen | None = None

    def __enter__(self) -> Self:
        return self

    def use(self):
        self.pen.press()
        #        ^ resolved/call shapes.py:14
        self.inks["x"].dry()
        #              ^ resolved/call shapes.py:2
        self.spare.press()
        #          ^ resolved/call shapes.py:14
        for ink in self.inks.values():
            ink.dry()
            #   ^ resolved/call shapes.py:2
        for name, ink in self.inks.items():
            ink.dry()
            #   ^ resolved/call shapes.py:2
            name.upper()
            #    ^ unresolved
        for key in self.inks:
            key.dry()
            #   ^ heuristic shapes.py:2


@contextmanager
def opened(path) -> Iterator[Page]:
    yield Page(path)


def chain(canvas: Canvas, pens: list[Pen], maybe: Optional[Pen], kind: type[Pen], several: Pens):
    canvas.pen.ink.dry()
    #      ^ resolved/read shapes.py:23
    #          ^ resolved/read shapes.py:11
    #              ^ resolved/call shapes.py:2
    canvas.first().press()
    #              ^ resolved/call shapes.py:14
    canvas.top.press()
    #      ^ resolved/read shapes.py:30
    #          ^ resolved/call shapes.py:14
    for pen in pens:
        pen.press()
        #   ^ resolved/call shapes.py:14
    for index, pen in enumerate(pens):
        pen.press()
        #   ^ resolved/call shapes.py:14
    pens[0].press()
    #       ^ resolved/call shapes.py:14
    [p.press() for p in pens]
    #  ^ resolved/call shapes.py:14
    several[0].press()
    #          ^ resolved/call shapes.py:14
    maybe.press()
    #     ^ resolved/call shapes.py:14
    kind().press()
    # @5 resolved/new shapes.py:9 shapes.py:10
    #      ^ resolved/call shapes.py:14
    by_name: dict[str, Pen] = {}
    by_name.get("a").press()
    #                ^ resolved/call shapes.py:14
    pens.pop().press()
    #          ^ resolved/call shapes.py:14
    for pen in by_name.values():
        pen.press()
        #   ^ resolved/call shapes.py:14
    draw(canvas)
    # @5 dispatch/call shapes.py:45


def generic[P: Pen](one: T, other: P) -> T:
    one.press()
    #   ^ resolved/call shapes.py:14
    other.mystery()
    #     ^ unresolved
    return one


def managed():
    with opened("x") as page, Page(Pen()) as second:
        page.use()
        #    ^ resolved/call :32
        second.use()
        #      ^ resolved/call :32
    with open("x") as f:
        f.read()
        # ^ external external:builtins#open().read
    try:
        pass
    except KeyError as e:
        e.explain()
        # ^ external external:builtins#KeyError.explain


def quoted(a: "Pen | None", b: "list[shapes.Pen]", c: Literal["Pen"], *rest: "Pen", **more: Pen):
    #          ^ resolved/type shapes.py:9
    #                                       ^ resolved/type shapes.py:9
    a.press()
    # ^ resolved/call shapes.py:14
    b[0].press()
    #    ^ resolved/call shapes.py:14
    c.press()
    # ^ heuristic shapes.py:14
    rest[0].press()
    #       ^ resolved/call shapes.py:14
    for pen in rest:
        pen.press()
        #   ^ resolved/call shapes.py:14
    more["x"].press()
    #         ^ resolved/call shapes.py:14
    more.items()
    #    ^ external external:builtins#dict.items


def anything(one: Any, several: dict[str, Any]):
    one.strip()
    #   ^ unresolved
    one.mystery()
    #   ^ unresolved
