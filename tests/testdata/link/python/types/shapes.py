class Ink:
    def dry(self):
        return self

    def mix(self, other):
        return other.dry()


class Pen:
    def __init__(self, ink: Ink = None):
        self.ink = ink
        self.parts = [ink]

    def press(self):
        return self.ink.dry()
        #               ^ resolved/call :2


class Canvas:
    def __init__(self, pen: Pen, spare=None):
        chosen = pen
        first = Pen()
        self.pen = pen
        self.used = chosen
        self.spare = spare or Pen()
        self.ink = pen.ink
        self.kept = first

    @property
    def top(self) -> Pen:
        return self.pen

    def first(self) -> "Pen":
        self.used.press()
        #         ^ resolved/call :14
        self.spare.press()
        #          ^ resolved/call :14
        self.ink.dry()
        #        ^ resolved/call :2
        self.kept.press()
        #         ^ resolved/call :14
        return self.pen


def draw(canvas):
    return canvas
