import pkg
import pkg.sub as s
from pkg import Box, make
#               ^ resolved/import pkg/shapes.py:19
from pkg.shapes import *


def run(box: Box, thing):
    #        ^ resolved/type pkg/shapes.py:19
    made = make(3)
    #      ^ resolved/call pkg/shapes.py:36
    box.area()
    #   ^ resolved/call pkg/shapes.py:23
    made.describe()
    #    ^ resolved/call pkg/shapes.py:8
    thing.whatever()
    #     ^ unresolved
    pkg.make(1).side()
    #   ^ resolved/call pkg/shapes.py:36
    #           ^ resolved/call pkg/shapes.py:29
    print(s.VALUE, pkg.sub.VALUE)
    #       ^ resolved/read pkg/sub/__init__.py:1
    #              ^ resolved pkg/__init__.py:1
    #                      ^ resolved/read pkg/sub/__init__.py:1
    return Shape().area()
    #      ^ resolved/new pkg/shapes.py:4
    #              ^ resolved/call pkg/shapes.py:5


if __name__ == "__main__":
    run(Box(2), None)
    # @5 exact/call :8
    #   ^ resolved/new pkg/shapes.py:19 pkg/shapes.py:20
