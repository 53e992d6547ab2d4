"""The web application, for gunicorn. Unsafe settings stop it here: no server runs Django's checks by itself."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")

application = get_wsgi_application()
call_command("check", verbosity=0)
