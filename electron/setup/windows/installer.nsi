; The stand-in installer of `npm run package:check`: makensis -DSOURCE=FOLDER -DOUT=FILE -DVERSION=N installer.nsi
Unicode true
Target amd64-unicode
!include LogicLib.nsh
!include FileFunc.nsh
Name "Lobule"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Lobule"
; The fastest: what is checked is that it can be installed.
SetCompressor zlib
Page directory
Page instfiles
UninstPage instfiles
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Lobule"

; What the real installer includes too.
!include "../../../resources/packaging/installer.nsh"

Section
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}/*.*"
  WriteUninstaller "$INSTDIR\Uninstall Lobule.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "Lobule ${VERSION}"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\Uninstall Lobule.exe"'
SectionEnd

Section Uninstall
  RMDir /r "$INSTDIR"
  DeleteRegKey HKCU "${KEY}"
  !insertmacro customUnInstall
SectionEnd
