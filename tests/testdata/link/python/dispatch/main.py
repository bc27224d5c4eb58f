from mixins import Loud, Named


class Base:
    registry = None

    def __init__(self, name):
        self.name = name

    def run(self):
        self.step()
        #    ^ dispatch/call :43 :50
        self.ready()
        #    ^ dispatch/call :30 :47
        type(self).make()
        #          ^ resolved/call :21
        self.__missing__()
        #    ^ unresolved

    @classmethod
    def make(cls, *args):
        made = cls(*args)
        #      ^ resolved/new :4 :7
        made.ready()
        #    ^ resolved/call :30
        cls.count()
        #   ^ resolved/call :34
        return made

    def ready(self):
        return len(self.name)

    @staticmethod
    def count():
        def inner():
            return Base.count()
            #           ^ resolved/call :34
        return inner()
        #      ^ exact/call :35


class First(Base):
    def step(self): ...


class Second(First):
    def ready(self):
        return super().ready()
        #              ^ resolved/call :30
    def step(self): ...


class Third(Loud, Named):
    def __init__(self):
        super().__init__()
        #       ^ resolved/call mixins.py:5
        Named.__init__(self)
        #     ^ resolved/call mixins.py:15

        def later():
            self.shout()
            #    ^ resolved/call mixins.py:9
        return later

    def __call__(self, times):
        return times


third = Third()
third(3)
# @1 resolved/call :65 :69
third.label()
#     ^ resolved/call mixins.py:18
run = third.shout
run()
# @1 resolved/call :74 mixins.py:9
Alias = Third
Alias().shout()
# @1 resolved/new :53 :54 :77
#       ^ resolved/call mixins.py:9
print(third.__class__, Third.__name__)
#           ^ external external:builtins#object.__class__
#                            ^ external external:builtins#type.__name__
