import abc


class Loud:
    def __init__(self):
        self.volume = 1

    # What the classes it is mixed into define.
    def shout(self):
        return self.volume


class Named(metaclass=abc.ABCMeta):
    """A name."""
    def __init__(self, name=None):
        self.name = name

    def label(self): ...
