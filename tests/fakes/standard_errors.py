"""Which errors the standards list for each call that this program makes.

PKCS#11: OASIS base specification 2.40, chapter 5, return values of each function. SKF: GM/T 0016-2012 annex
A; the standard gives one list for all calls.
"""

from __future__ import annotations

_GENERAL = (0x02, 0x05, 0x06, 0x190)  # host memory, general error, function failed, not initialised
_ARGUMENTS = (0x07,)
_DEVICE = (0x30, 0x31, 0x32)
_SESSION = (0xB0, 0xB3)
_TOKEN = (0x03, 0xE0, 0xE1)
_INIT = (0x50, 0x60, 0x62, 0x63, 0x68, 0x70, 0x71, 0x90, 0xA3, 0x101)
_FIND = (*_GENERAL, *_DEVICE, *_SESSION)

CKR_BY_CALL: dict[str, tuple[int, ...]] = {
    "C_GetFunctionList": (*_ARGUMENTS, 0x02, 0x05, 0x06),
    "C_Initialize": (*_ARGUMENTS, 0x02, 0x05, 0x06, 0x09, 0x0A, 0x191),
    "C_Finalize": (*_ARGUMENTS, *_GENERAL),
    "C_GetInfo": (*_ARGUMENTS, *_GENERAL),
    "C_GetSlotList": (*_ARGUMENTS, *_GENERAL, 0x150),
    "C_GetTokenInfo": (*_ARGUMENTS, *_GENERAL, *_DEVICE, *_TOKEN),
    "C_WaitForSlotEvent": (*_ARGUMENTS, *_GENERAL, 0x08, 0x54),
    "C_GetMechanismList": (*_ARGUMENTS, *_GENERAL, *_DEVICE, *_TOKEN, 0x150),
    "C_GetMechanismInfo": (*_ARGUMENTS, *_GENERAL, *_DEVICE, *_TOKEN, 0x70),
    "C_OpenSession": (*_ARGUMENTS, *_GENERAL, *_DEVICE, *_TOKEN, 0xB1, 0xB4, 0xB8, 0xE2),
    "C_CloseSession": (*_GENERAL, *_DEVICE, *_SESSION),
    "C_FindObjectsInit": (*_ARGUMENTS, *_FIND, 0x12, 0x13, 0x90, 0xA3),
    "C_FindObjects": (*_ARGUMENTS, *_FIND, 0x91),
    "C_FindObjectsFinal": (*_FIND, 0x91),
    "C_GetAttributeValue": (*_ARGUMENTS, *_FIND, 0x11, 0x12, 0x82, 0x150),
    "C_Login": (
        *(*_ARGUMENTS, *_GENERAL, *_DEVICE, *_SESSION),
        *(0x50, 0x91, 0xA0, 0xA4, 0xB7, 0x100, 0x102, 0x103, 0x104, 0x105),
    ),
    "C_Logout": (*_GENERAL, *_DEVICE, *_SESSION, 0x101),
    "C_SignInit": (*_ARGUMENTS, *_GENERAL, *_DEVICE, *_SESSION, *_INIT),
    "C_Sign": (
        *(*_ARGUMENTS, *_GENERAL, *_DEVICE, *_SESSION),
        *(0x20, 0x21, 0x50, 0x91, 0x101, 0x150, 0x200),
    ),
    "C_DecryptInit": (*_ARGUMENTS, *_GENERAL, *_DEVICE, *_SESSION, *_INIT),
    "C_Decrypt": (*_ARGUMENTS, *_GENERAL, *_DEVICE, *_SESSION, 0x40, 0x41, 0x50, 0x91, 0x101, 0x150),
    "C_SetPIN": (
        *(*_ARGUMENTS, *_GENERAL, *_DEVICE, *_SESSION),
        *(0x50, 0xA0, 0xA1, 0xA2, 0xA4, 0xB5, 0xE2),
    ),
}

SAR_CODES = tuple(0x0A000000 + low for low in range(0x01, 0x33))
SKF_CALLS = (
    *("SKF_EnumDev", "SKF_ConnectDev", "SKF_DisConnectDev", "SKF_GetDevInfo"),
    *("SKF_EnumApplication", "SKF_OpenApplication", "SKF_CloseApplication"),
    *("SKF_GetPINInfo", "SKF_VerifyPIN", "SKF_ChangePIN", "SKF_ClearSecureState"),
    *("SKF_EnumFiles", "SKF_ReadFile", "SKF_EnumContainer", "SKF_OpenContainer", "SKF_CloseContainer"),
    *("SKF_ExportCertificate", "SKF_ECCSignData", "SKF_ECCDecrypt"),
)
