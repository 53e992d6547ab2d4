"""The settings of the demo: the product's own, but for the rules on passwords.

Its people sign in with a password everybody knows, which those rules rightly refuse; the demo listens on loopback only.
"""

from webmail.settings import *  # noqa: F403

AUTH_PASSWORD_VALIDATORS = []
