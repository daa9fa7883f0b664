"""The day begins: first log-in with a new password, first page, attended check (人工查收)."""

from __future__ import annotations

from gongwen_client.demo.company import Clerk, Company
from gongwen_client.demo.player import PICTURE
from gongwen_client.practice.cast import ACCOUNT, SENDER, DemoUnit
from gongwen_client.practice.neighbours import begin_the_day
from gongwen_client.practice.stage import Desk
from gongwen_client.services.office import Office
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.shell.window import MainWindow


def play(company: Company) -> None:
    """Both clerks come; the sender's first page shows the day."""
    for desk in (company.stage.sender, company.stage.receiver):
        _arrive(company, desk)
    begin_the_day(company.url)
    _look_at_the_day(company)


def _arrive(company: Company, desk: Desk) -> None:
    """Log in for the first time: the initial password must be replaced."""
    player, unit = company.player, desk.unit
    office = company.stage.office(desk, company.url)
    company.offices.append(office)
    office.start()
    login = LoginWindow(office, unit.code, ACCOUNT)
    login.show()
    first = unit is SENDER
    if first:
        _mistype(company, login, unit)
    login.fill(unit.code, ACCOUNT, unit.initial_password)
    login.log_in()
    player.wait(lambda: login.password_form.isVisible(), f"{unit.short_name}首次登录")
    login.password_form.fill(unit.password)
    if first:
        player.scene(login, "first-login", "首次登录必须更换初始密码（管理办法第二十条）")
    login.password_form.change()
    player.wait(lambda: _usable(office), f"{unit.short_name}更换密码")
    player.check("首次登录强制更换密码", _usable(office), unit=unit.name)
    login.close()
    window = MainWindow(office)
    if player.pictures is not None:
        window.resize(PICTURE)
    window.show()
    company.clerks.append(Clerk(desk, office, window))
    player.wait(lambda: bool(office.directory.units()), "取得通讯录")


def _usable(office: Office) -> bool:
    grant = office.login.session
    return grant is not None and not grant.must_change_password


def _mistype(company: Company, login: LoginWindow, unit: DemoUnit) -> None:
    login.fill(unit.code, ACCOUNT, "wrong-password")
    login.log_in()
    company.player.wait(lambda: login.problem.isVisible(), "密码错误的提示")
    company.player.scene(login, "wrong-password", "密码不正确：说明原因和下一步，单位和账号保留")


def _look_at_the_day(company: Company) -> None:
    player, window, office = company.player, company.sender.window, company.sender.office
    player.turn_to(window)
    window.open_page("home")
    player.wait(lambda: window.home.day is not None, "首页")
    player.scene(window, "home", "首页：今天要办的事、本半日查收、工作日历和公告")
    window.attendance.attend()
    player.wait(lambda: office.duty.state().last_attended_check is not None, "人工查收")
    window.home.reload()
    player.wait(lambda: window.home.day is not None and bool(window.home.day.check_times), "首页记下查收")
    player.scene(window, "attended", "人工查收：交换中心记时，程序自动轮询不算查收（管理办法第十一条）")
    player.check("人工查收由交换中心记时", True, at=str(office.duty.state().last_attended_check))
