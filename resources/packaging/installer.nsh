; Part of the installer for Windows, whose script is electron-builder's.

; Settings, encoders and models of the program stay when it is removed, unless the uninstaller gets --delete-app-data.
; Workspaces are never touched: they are where people made them.
!macro customUnInstall
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "--delete-app-data" $R1
  ${ifNot} ${errors}
    RMDir /r "$LOCALAPPDATA\Lobule"
  ${endIf}
!macroend
