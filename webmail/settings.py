"""All settings, from the environment. Every variable is read once, here, and documented in the README's table.

Nothing has an unsafe default: without SECRET_KEY, MAIL_SECRET_KEYS and ALLOWED_HOSTS the product does not start (`make
run` makes them).
"""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var" / "data")

# -- safety ----------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# Keys of the stored mail passwords, newest first; apart from SECRET_KEY so that each can be rotated alone.
MAIL_SECRET_KEYS: list[str] = env.list("MAIL_SECRET_KEYS")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
HTTPS = env.bool("HTTPS", not DEBUG)
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)

# -- mail servers ----------------------------------------------------------------------------------
# Beyond public addresses on the mail ports: "host:port", "10.0.0.0/8:993", "mail.lan:*". See
# webmail/protocols/sockets.py.
MAIL_ALLOWED_HOSTS: list[str] = env.list("MAIL_ALLOWED_HOSTS", [])
# Pictures in mail are fetched from public addresses on the ports 80 and 443; in the same notation, beyond these.
PICTURES_ALLOWED_HOSTS: list[str] = env.list("PICTURES_ALLOWED_HOSTS", [])
# Likewise for the requests by which a person leaves a list (RFC 8058).
UNSUBSCRIBE_ALLOWED_HOSTS: list[str] = env.list("UNSUBSCRIBE_ALLOWED_HOSTS", [])
MAIL_CONNECT_TIMEOUT = env.float("MAIL_CONNECT_TIMEOUT", 10)
MAIL_READ_TIMEOUT = env.float("MAIL_READ_TIMEOUT", 30)
MAIL_BANNER_TIMEOUT = env.float("MAIL_BANNER_TIMEOUT", 8)
# Whose word on where a mail comes from is believed: names at the start of their Authentication-Results (RFC 8601).
TRUSTED_AUTHENTICATION_SERVERS: list[str] = env.list("TRUSTED_AUTHENTICATION_SERVERS", [])
UPLOAD_LIMIT = env.int("UPLOAD_LIMIT_MB", 25) * 2**20
# Sending (webmail/compose/outbox.py): how long a worker that says nothing keeps a mail, how long a server may think
# about one that it was given whole (RFC 5321, 4.5.3.2.6 asks for ten minutes), and the pause after the first failed
# try, doubled with each.
OUTBOX_LEASE_SECONDS = env.float("OUTBOX_LEASE_SECONDS", 120)
OUTBOX_ANSWER_SECONDS = env.float("OUTBOX_ANSWER_SECONDS", 600)
OUTBOX_RETRY_SECONDS = env.float("OUTBOX_RETRY_SECONDS", 60)
# Mail that was sent but not to everybody: so many days its octets are kept, Bcc and all, for those who were refused.
# Other mail is kept until its copy is in Sent, and no longer.
OUTBOX_REFUSED_DAYS = env.int("OUTBOX_REFUSED_DAYS", 7)
BULK_LEASE_SECONDS = env.float("BULK_LEASE_SECONDS", 180)

SITE_TITLE = env.str("SITE_TITLE", "Webmail")

# -- application -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "accounts",
    "webmail.mailbox",
    "webmail.compose",
    "webmail.popimport",
    "webmail.unsubscribing",
    "webmail.bulk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "webmail.installable.reader.ReaderMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "webmail.mailbox.middleware.MailErrorsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "webmail.urls"
WSGI_APPLICATION = "webmail.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "webmail.templatetags.interface",
                "webmail.mailbox.templatetags.pieces",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.site",
                "webmail.installable.reader.reader",
            ],
        },
    },
]

# -- data ------------------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'webmail.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL: readers never wait for the writer. FULL: a commit is on the disk before a POP3 server is told to delete.
    # 4000 pages: who sends megabytes does not copy the log into the database with every third mail.
    # IMMEDIATE: a transaction that will write waits for its turn at its start, instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA wal_autocheckpoint=4000;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHE_URL = env.str("CACHE_URL", "redis://127.0.0.1:6380/0")
CACHES = {
    "default": {
        "BACKEND": "webmail.json_cache.JsonCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
    }
}

# Raw local messages, uploads and outgoing mail. Django storage, so that another backend is a matter of configuration.
MAIL_STORAGE_DIR = DATA_DIR / "mail"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": env.str("STATICFILES_BACKEND", "webmail.static_files.ModuleAwareStorage")},
}

# -- people ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "mailbox:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
# Who guesses passwords is slowed down as accounts/throttling.py tells.
AXES_HANDLER = "accounts.throttling.SignInThrottle"
AXES_CLIENT_IP_CALLABLE = "accounts.throttling.client_address"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Else each refused try would lengthen the pause, and axes' row, without end.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "webmail.error_pages.locked_out"
# Its pages would let rows be deleted that no audit entry tells of.
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# -- language and time -----------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "webmail" / "locale"]
FORMAT_MODULE_PATH = ["webmail.formats"]
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_TZ = True

# -- web -------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "var" / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_PERMISSIONS = 0o600
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")
CSRF_FAILURE_VIEW = "webmail.error_pages.forbidden"
SESSION_ENGINE = "accounts.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "no-referrer" if HTTPS else "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# -- queue -----------------------------------------------------------------------------------------
# The database is the queue, Redis is a bell: a lost or repeated task does no harm (webmail/compose/outbox.py).
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
# A POP3 server may hold a thread for minutes: imports have a worker of their own, so that sending never waits for them.
# That worker also prepares mail that nobody has opened yet, which may wait.
CELERY_TASK_ROUTES = {
    "webmail.popimport.tasks.import_account": {"queue": "imports"},
    "webmail.mailbox.tasks.prepare": {"queue": "ahead"},
    "webmail.bulk.tasks.run": {"queue": "imports"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# No acknowledgements: the sweeps ring a lost bell again, while one that is acknowledged over a line that broke in the
# meantime ends the worker (kombu 5.7).
CELERY_BROKER_TRANSPORT_OPTIONS = {"ack_emulation": False, "socket_connect_timeout": 1, "socket_timeout": 5}
# A request never waits for a broker that is down: one quick try, the sweep does the rest.
CELERY_TASK_PUBLISH_RETRY = False
# Connections to the database last as long as in the web process (CONN_MAX_AGE; webmail/celery.py sees to it).
CELERY_DB_REUSE_MAX = 2**31
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {"task": "webmail.compose.tasks.sweep_outbox", "schedule": 2.0, "options": {"expires": 2}},
    "sweep-imports": {"task": "webmail.popimport.tasks.sweep_imports", "schedule": 15.0, "options": {"expires": 15}},
    "sweep-unsubscriptions": {
        "task": "webmail.unsubscribing.tasks.sweep_unsubscriptions",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "sweep-jobs": {"task": "webmail.bulk.tasks.sweep_jobs", "schedule": 10.0, "options": {"expires": 10}},
    "prune-jobs": {"task": "webmail.bulk.tasks.prune_jobs", "schedule": 86_400.0},
    "prune-sign-ins": {"task": "accounts.tasks.prune", "schedule": 86_400.0},
    "prune-outbox": {"task": "webmail.compose.tasks.prune_outbox", "schedule": 86_400.0},
    "sweep-uploads": {"task": "webmail.compose.tasks.sweep_uploads", "schedule": 86_400.0},
    "prune-acts": {"task": "webmail.mailbox.tasks.prune_acts", "schedule": 86_400.0},
    "sweep-store": {"task": "webmail.mailbox.tasks.sweep_store", "schedule": 86_400.0},
}

# -- logs ------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "webmail.logs.OneLineFormatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "filters": {"not ours": {"()": "webmail.logs.NotOurFailure"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "django.request": {"level": "ERROR", "filters": ["not ours"]}},
}
