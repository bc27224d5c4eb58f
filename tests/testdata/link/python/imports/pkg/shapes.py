import os.path


class Shape:
    def area(self):
        return 0

    def describe(self):
        return self.area() + self.missing()
        #           ^ dispatch :5 :23
        #                         ^ unresolved


class Named:
    def __init__(self, name):
        self.name = name


class Square(Shape, Named):
    def __init__(self, side):
        super().__init__("square")
        #       ^ resolved/call :15
    def area(self):
        #
        return self.side() ** 2 + len(self.name)
        #           ^ resolved :29
        #                         ^ external external:builtins#len
        #                                  ^ resolved/read :16
    def side(self):
        return os.path.getsize("x")
        #      ^ external external:os#
        #              ^ external/call external:os#path.getsize


# A function that says what it returns.
def make(side) -> Square:
    #             ^ exact/type :19
    return Square(side)
    #      ^ resolved/new :19 :20
    #             ^ exact :36
