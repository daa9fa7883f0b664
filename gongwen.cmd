@echo off
rem Entry of a checkout on Windows: hands over to the set-up script.
setlocal
where py >nul 2>nul && (
    py -3 "%~dp0installer\bootstrap.py" %*
    exit /b %errorlevel%
)
python "%~dp0installer\bootstrap.py" %*
exit /b %errorlevel%
