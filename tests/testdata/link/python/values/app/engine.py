from . import config


class Engine:
    def __init__(self):
        self.state = config.SETTINGS

    def start(self):
        from .tools import helper
        return helper()
        #      ^ resolved/call app/tools.py:1
