"""The web application, for gunicorn. Unsafe settings stop it here: no web server runs Django's checks by itself."""

import gc
import os

from django.core.management import BaseCommand
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")

application = get_wsgi_application()
BaseCommand().check()

from webmail.warming import give_back, use_one_heap, warm  # noqa: E402 (models need the settings)

use_one_heap()
warm(application)

# What is loaded by now stays as long as the process: to look through it for garbage stops every thread for 70 ms, once
# in some hundred pages.
gc.collect()
give_back()
gc.freeze()
# A page makes thousands of values, hardly one of them in a circle: to look for those after each 700 takes a twentieth
# of its time.
gc.set_threshold(10_000, 20, 20)
