from .shapes import Square as Box, make
#                   ^ resolved/import pkg/shapes.py:19
#                                  ^ resolved/import pkg/shapes.py:36
from . import sub
#             ^ resolved/import pkg/sub/__init__.py:1
