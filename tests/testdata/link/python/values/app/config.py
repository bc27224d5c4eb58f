

class Settings:
    def load(self):
        return self


SETTINGS = Settings()
