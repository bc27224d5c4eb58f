import app.tools as tools
import app.config
from app import *
from app import Engine as Motor, helper
#               ^ resolved/import app/engine.py:6
#                                ^ resolved/import app/tools.py:1


def twice(f):
    return f


@twice
#^ exact/decorate :9
def work(task=helper):
    task()
    # @5 resolved/call app/tools.py:1
    engine = None
    engine = Motor()
    engine.start()
    #      ^ resolved/call app/engine.py:10
    either = tools.helper if task else twice
    either(work)
    # @5 dispatch/call app/tools.py:1 :9
    first, (second, third) = Motor(), (helper, 3)
    first.start()
    #     ^ resolved/call app/engine.py:10
    second()
    # @5 resolved/call app/tools.py:1
    third.bit_length()
    #     ^ external external:builtins#int.bit_length

    def nested():
        engine.start()
        #      ^ resolved/call app/engine.py:10
        return (lambda: tools.helper())()
        #                     ^ resolved/call app/tools.py:1

    return nested()
    #      ^ exact/call :33


def reset():
    global current
    current = Motor()


current = None
other = current or Motor()
other.start()
#     ^ resolved/call app/engine.py:10
app.config.SETTINGS.load()
#          ^ resolved/read app/config.py:8
#                   ^ resolved/call app/config.py:4
Engine().state.load()
#        ^ resolved/read app/engine.py:8
#              ^ resolved/call app/config.py:4
hidden()
# @1 unresolved
unknown = work()
unknown.start()
#       ^ heuristic app/engine.py:10
size = len
size("x")
