"""Shapes."""
import math


class Shape:
    """Something with an area."""

    def area(self) -> float:
        raise NotImplementedError

    @property
    def label(self):
        return type(self).__name__


class Circle(Shape):
    count = 0

    def __init__(self, radius: float):
        self.radius = radius
        Circle.count += 1

    def area(self) -> float:
        return math.pi * square(self.radius)


def square(value):
    return value * value
