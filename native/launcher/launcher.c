/*
 * A console program that starts another one with its own arguments, waits for its end and has its exit code. The
 * packaged window's executable belongs to no console: a command prompt would not wait for it, and would show nothing of
 * it. This one does (bin\lobule.exe); stdin, stdout and stderr are its own.
 *
 * PROGRAM: the other program, from this one's folder. PARAMETERS: what it gets before the arguments.
 */
#define WIN32_LEAN_AND_MEAN
#define UNICODE
#define _UNICODE
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define WIDE_(text) L##text
#define WIDE(text) WIDE_(text)

/* The exit code of a launcher that could not start the program: 126, as a shell has it. */
enum { CANNOT_START = 126, LONGEST_PATH = 32768 };

/* The arguments as they were typed: what follows the first word of the command line, which may be quoted. */
static const wchar_t *arguments(void) {
  const wchar_t *at = GetCommandLineW();
  int quoted = 0;
  for (; *at != 0 && (quoted || (*at != L' ' && *at != L'\t')); at++)
    if (*at == L'"') quoted = !quoted;
  while (*at == L' ' || *at == L'\t') at++;
  return at;
}

/*
 * Ctrl+C reaches both programs; the other one decides what it means, and this one waits for its end. When the console is
 * closed, the user logs off or the system shuts down, Windows ends a program as soon as its handler returns, and after
 * some seconds in any case. A return would take the other program along at once (the job below) and leave it none of
 * these seconds to end its work. So the handler never returns; `main` ends this program when the other one has ended.
 */
static BOOL WINAPI wait_for_the_other(DWORD event) {
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) Sleep(INFINITE);
  return TRUE;
}

static int fail(const wchar_t *what) {
  fwprintf(stderr, L"Lobule cannot be started (Windows error %lu): %ls\n", GetLastError(), what);
  return CANNOT_START;
}

int main(void) {
  wchar_t *own = malloc(LONGEST_PATH * sizeof *own);
  const wchar_t *rest = arguments();
  const size_t length = 2 * LONGEST_PATH + wcslen(rest);
  wchar_t *program = malloc(LONGEST_PATH * sizeof *program);
  wchar_t *line = malloc(length * sizeof *line);
  if (own == NULL || program == NULL || line == NULL) return CANNOT_START;
  const DWORD used = GetModuleFileNameW(NULL, own, LONGEST_PATH);
  wchar_t *end = used == 0 || used >= LONGEST_PATH ? NULL : wcsrchr(own, L'\\');
  if (end == NULL) return fail(L"its own folder is not known");
  *end = 0;
  if (_snwprintf(program, LONGEST_PATH, L"%ls\\" WIDE(PROGRAM), own) < 0) return fail(own);
  if (_snwprintf(line, length, L"\"%ls\" " WIDE(PARAMETERS) L" %ls", program, rest) < 0) return fail(program);

  STARTUPINFOW start = {0};
  PROCESS_INFORMATION process = {0};
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  SetConsoleCtrlHandler(wait_for_the_other, TRUE);
  /* A command that is ended from outside takes the program with it. */
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  HANDLE job = CreateJobObjectW(NULL, NULL);
  if (job != NULL) SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  if (!CreateProcessW(program, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start, &process))
    return fail(program);
  if (job != NULL) AssignProcessToJobObject(job, process.hProcess);
  ResumeThread(process.hThread);
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = CANNOT_START;
  GetExitCodeProcess(process.hProcess, &code);
  return (int)code;
}
