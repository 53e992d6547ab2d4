"""How dates, times and numbers are written: one module per language, over Django's own (FORMAT_MODULE_PATH).

A language with a second part is the same language with other dates: "fr-iso", "en-us". PreferencesMiddleware activates
it for who chose so; its words are those of the language, as no catalogue lies under the longer name.
"""
