"""Classes, fields, decorators and how receivers are typed."""
import os.path
import numpy as np
from . import helpers
from ..pkg.mod import thing as other, Base
from typing import List, Optional

LIMIT = 10
__all__ = ["Shape", "area"]


class Shape(Base, metaclass=Meta):
    """A shape."""

    sides: int = 0

    def __init__(self, name: str, child: Optional["Shape"] = None):
        self.name = name
        self.child = child
        self.box = Box(1, 2)

    @property
    def size(self) -> List[int]:
        return self.box.size() + super().size

    @classmethod
    def make(cls, *args, **kwargs):
        return cls(*args)


def area(s: Shape, scale=LIMIT) -> float:
    total = 0
    for part in s.parts:
        if part and (part.ok or total > 3):
            total += part.area(scale)
        elif part:
            continue
        else:
            total = np.zeros(3)
    with open(s.name) as f:
        data = [line.strip() for line in f if line]
    return max(data, key=lambda d: d.weight)


@app.get("/shapes/{id}")
async def read_shape(id: int):
    global LIMIT
    LIMIT = id
    def inner(x):
        return x + id
    return await inner(os.path.join("a", "b"))
