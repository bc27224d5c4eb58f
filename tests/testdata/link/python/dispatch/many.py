# More types than one value may have: what is not listed may have the member too.
class A:
    def run(self):
        pass


class B:
    def stop(self):
        pass


class C:
    def stop(self):
        pass


class D:
    def stop(self):
        pass


class E:
    def stop(self):
        pass


class F:
    def stop(self):
        pass


class G:
    def stop(self):
        pass


class H:
    def stop(self):
        pass


class I:
    def stop(self):
        pass


class J:
    def run(self):
        pass


def start(it: "A | B | C | D | E | F | G | H | I | J"):
    it.run()
    #  ^ dispatch/call :3
