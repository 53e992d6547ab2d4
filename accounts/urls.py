"""Addresses of signing in, settings and people."""

from django.urls import path

from accounts.views import mail_accounts, people, preferences, security, sign_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("first-start/", sign_in.first_admin, name="first_admin"),
    path("language/", sign_in.language, name="language"),
    # Django's own admin pages have no way in or out and no password page of their own.
    path("admin/login/", sign_in.admin_sign_in),
    path("admin/logout/", sign_in.sign_out),
    path("admin/password_change/", sign_in.admin_password),
    path("settings/", preferences.profile, name="profile"),
    path("settings/appearance/", preferences.appearance, name="appearance"),
    path("settings/reading/", preferences.reading, name="reading"),
    path("settings/writing/", preferences.writing, name="writing"),
    path("settings/hints/", preferences.hints, name="hints"),
    path("settings/search/", preferences.search, name="settings_search"),
    path("settings/security/", security.security, name="security"),
    path("settings/password/", security.password, name="password"),
    path("settings/accounts/", mail_accounts.account_list, name="account_list"),
    path("settings/accounts/add/", mail_accounts.account_add, name="account_add"),
    path("settings/accounts/test/", mail_accounts.account_test, name="account_test"),
    path("settings/accounts/<int:account_id>/", mail_accounts.account_change, name="account_change"),
    path("settings/accounts/<int:account_id>/test/", mail_accounts.account_test, name="account_test"),
    path("settings/accounts/<int:account_id>/remove/", mail_accounts.account_remove, name="account_remove"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:person_id>/", people.person_change, name="person_change"),
    path("people/<int:person_id>/password/", people.person_password, name="person_password"),
    path("people/<int:person_id>/disable/", people.person_disable, name="person_disable"),
    path("people/<int:person_id>/enable/", people.person_enable, name="person_enable"),
    path("people/<int:person_id>/make-admin/", people.person_make_admin, name="person_make_admin"),
    path("people/<int:person_id>/unmake-admin/", people.person_unmake_admin, name="person_unmake_admin"),
    path("people/<int:person_id>/delete/", people.person_delete, name="person_delete"),
]
