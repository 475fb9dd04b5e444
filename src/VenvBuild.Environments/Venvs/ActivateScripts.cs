namespace VenvBuild.Environments;

/// <summary>
/// The scripts that put an environment into a shell. Each finds the folder that it is in when it is read, so they are the same in
/// every environment and survive a move.
/// </summary>
internal static class ActivateScripts
{
    private const string Posix = """
        # Read this with "source" from bash or zsh (or ksh); it cannot be run.
        if [ -n "${BASH_VERSION:-}" ]; then
            _venv_script="${BASH_SOURCE[0]}"
        elif [ -n "${ZSH_VERSION:-}" ]; then
            eval '_venv_script="${(%):-%x}"'
        elif [ -n "${KSH_VERSION:-}" ]; then
            eval '_venv_script="${.sh.file}"'
        else
            _venv_script="${VENVBUILD_ACTIVATE:-}"
        fi
        if [ -z "$_venv_script" ]; then
            echo "activate: this shell does not tell where the script is; set VENVBUILD_ACTIVATE to its path first" >&2
            return 1
        fi

        deactivate () {
            if [ -n "${_VENV_OLD_PATH+set}" ]; then
                PATH="$_VENV_OLD_PATH"
                export PATH
                unset _VENV_OLD_PATH
            fi
            if [ -n "${_VENV_OLD_PYTHONHOME+set}" ]; then
                PYTHONHOME="$_VENV_OLD_PYTHONHOME"
                export PYTHONHOME
                unset _VENV_OLD_PYTHONHOME
            fi
            if [ -n "${_VENV_OLD_PS1+set}" ]; then
                PS1="$_VENV_OLD_PS1"
                unset _VENV_OLD_PS1
            fi
            unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
            hash -r 2>/dev/null
            if [ "${1:-}" != keep ]; then
                unset -f deactivate
            fi
        }

        deactivate keep
        VIRTUAL_ENV="$(CDPATH= cd -- "$(dirname -- "$_venv_script")/.." > /dev/null && pwd)"
        VIRTUAL_ENV_PROMPT="${VIRTUAL_ENV##*/}"
        while IFS= read -r _venv_line; do
            case "$_venv_line" in "prompt = "*) VIRTUAL_ENV_PROMPT="${_venv_line#prompt = }" ;; esac
        done < "$VIRTUAL_ENV/pyvenv.cfg"
        unset _venv_line
        export VIRTUAL_ENV VIRTUAL_ENV_PROMPT
        unset _venv_script
        _VENV_OLD_PATH="$PATH"
        PATH="$VIRTUAL_ENV/bin:$PATH"
        export PATH
        if [ -n "${PYTHONHOME+set}" ]; then
            _VENV_OLD_PYTHONHOME="$PYTHONHOME"
            unset PYTHONHOME
        fi
        if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT:-}" ] && [ -n "${PS1+set}" ]; then
            _VENV_OLD_PS1="$PS1"
            # Shells expand what is in a prompt: the name is looked up when it is shown, so that nothing in it is run.
            if [ -z "${ZSH_VERSION:-}" ]; then
                PS1='(${VIRTUAL_ENV_PROMPT-}) '"$PS1"
            elif [[ -o promptsubst ]]; then
                PS1='(${VIRTUAL_ENV_PROMPT//\%/%%}) '"$PS1"
            else
                eval 'PS1="(${VIRTUAL_ENV_PROMPT//\%/%%}) $PS1"'
            fi
        fi
        hash -r 2>/dev/null || true

        """;

    private const string Fish = """
        # Read this with "source" from fish.
        function deactivate -d "Leave the virtual environment"
            if set -q _VENV_OLD_PATH
                set -gx PATH $_VENV_OLD_PATH
                set -e _VENV_OLD_PATH
            end
            if set -q _VENV_OLD_PYTHONHOME
                set -gx PYTHONHOME $_VENV_OLD_PYTHONHOME
                set -e _VENV_OLD_PYTHONHOME
            end
            if functions -q _venv_old_prompt
                functions -e fish_prompt
                functions -c _venv_old_prompt fish_prompt
                functions -e _venv_old_prompt
            end
            set -e VIRTUAL_ENV
            set -e VIRTUAL_ENV_PROMPT
            if test "$argv[1]" != keep
                functions -e deactivate
            end
        end

        deactivate keep
        # Not with fish's own cd, which would change the folder that the shell is in.
        set -gx VIRTUAL_ENV (command sh -c 'CDPATH= cd -- "$(dirname -- "$1")/.." && pwd' sh (status filename | string collect) | string collect)
        set -gx VIRTUAL_ENV_PROMPT (string replace -r '.*/' '' -- $VIRTUAL_ENV | string collect)
        string match -q 'prompt = *' < $VIRTUAL_ENV/pyvenv.cfg
        and set -gx VIRTUAL_ENV_PROMPT (string replace -f 'prompt = ' '' < $VIRTUAL_ENV/pyvenv.cfg)
        set -g _VENV_OLD_PATH $PATH
        set -gx PATH $VIRTUAL_ENV/bin $PATH
        if set -q PYTHONHOME
            set -g _VENV_OLD_PYTHONHOME $PYTHONHOME
            set -e PYTHONHOME
        end
        if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
            functions -c fish_prompt _venv_old_prompt
            function fish_prompt
                echo -n "($VIRTUAL_ENV_PROMPT) "
                _venv_old_prompt
            end
        end

        """;

    private const string Csh = """
        # Read this with "source" from csh or tcsh.
        set _venv_line = ($_)
        if ($#_venv_line > 1) then
            set _venv_script = "$_venv_line[2]"
        else if ($?VENVBUILD_ACTIVATE) then
            set _venv_script = "$VENVBUILD_ACTIVATE"
        else
            echo "activate.csh: set VENVBUILD_ACTIVATE to the path of this script first"
            exit 1
        endif
        alias deactivate 'test $?_venv_old_path != 0 && setenv PATH "$_venv_old_path" && unset _venv_old_path; rehash; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; test "\!:*" != "keep" && unalias deactivate'
        deactivate keep
        setenv VIRTUAL_ENV "`cd "\""$_venv_script:h/.."\"" && pwd`"
        setenv VIRTUAL_ENV_PROMPT "$VIRTUAL_ENV:t"
        unset _venv_line _venv_script
        set _venv_old_path = "$PATH"
        setenv PATH "${VIRTUAL_ENV}/bin:${PATH}"
        rehash

        """;

    private const string PowerShell = """
        # Read this with ". Activate.ps1" from PowerShell.
        function global:deactivate([switch]$Keep) {
            if (Test-Path Env:_VENV_OLD_PATH) {
                $env:PATH = $env:_VENV_OLD_PATH
                Remove-Item Env:_VENV_OLD_PATH
            }
            if (Test-Path Env:_VENV_OLD_PYTHONHOME) {
                $env:PYTHONHOME = $env:_VENV_OLD_PYTHONHOME
                Remove-Item Env:_VENV_OLD_PYTHONHOME
            }
            if (Test-Path Function:_venv_old_prompt) {
                Copy-Item Function:_venv_old_prompt Function:prompt
                Remove-Item Function:_venv_old_prompt
            }
            foreach ($name in 'VIRTUAL_ENV', 'VIRTUAL_ENV_PROMPT') {
                if (Test-Path "Env:$name") { Remove-Item "Env:$name" }
            }
            if (-not $Keep) { Remove-Item Function:deactivate }
        }

        deactivate -Keep
        $env:VIRTUAL_ENV = Split-Path -Parent $PSScriptRoot
        $env:VIRTUAL_ENV_PROMPT = Split-Path -Leaf $env:VIRTUAL_ENV
        foreach ($line in [System.IO.File]::ReadAllLines((Join-Path $env:VIRTUAL_ENV 'pyvenv.cfg'))) {
            if ($line.StartsWith('prompt = ')) { $env:VIRTUAL_ENV_PROMPT = $line.Substring(9) }
        }
        $env:_VENV_OLD_PATH = $env:PATH
        $env:PATH = $PSScriptRoot + [System.IO.Path]::PathSeparator + $env:PATH
        if (Test-Path Env:PYTHONHOME) {
            $env:_VENV_OLD_PYTHONHOME = $env:PYTHONHOME
            Remove-Item Env:PYTHONHOME
        }
        if (-not $env:VIRTUAL_ENV_DISABLE_PROMPT -and (Test-Path Function:prompt)) {
            # A copy takes the scope of what is there.
            function global:_venv_old_prompt { '' }
            Copy-Item Function:prompt Function:_venv_old_prompt
            function global:prompt {
                Write-Host -NoNewline "($env:VIRTUAL_ENV_PROMPT) "
                _venv_old_prompt
            }
        }

        """;

    private const string Batch = """
        @echo off
        if defined _VENV_OLD_PATH set "PATH=%_VENV_OLD_PATH%"
        if not defined _VENV_OLD_PATH set "_VENV_OLD_PATH=%PATH%"
        for %%i in ("%~dp0..") do set "VIRTUAL_ENV=%%~fi"
        for %%i in ("%VIRTUAL_ENV%") do set "VIRTUAL_ENV_PROMPT=%%~nxi"
        for /f "usebackq tokens=1* delims== " %%i in ("%VIRTUAL_ENV%\pyvenv.cfg") do if "%%i"=="prompt" set "VIRTUAL_ENV_PROMPT=%%j"
        if defined _VENV_OLD_PYTHONHOME set "PYTHONHOME=%_VENV_OLD_PYTHONHOME%"
        if defined PYTHONHOME set "_VENV_OLD_PYTHONHOME=%PYTHONHOME%"
        set PYTHONHOME=
        if not defined PROMPT set "PROMPT=$P$G"
        if defined _VENV_OLD_PROMPT set "PROMPT=%_VENV_OLD_PROMPT%"
        if not defined _VENV_OLD_PROMPT set "_VENV_OLD_PROMPT=%PROMPT%"
        rem A dollar sign begins a code there.
        if not defined VIRTUAL_ENV_DISABLE_PROMPT set "PROMPT=(%VIRTUAL_ENV_PROMPT:$=$$%) %PROMPT%"
        set "PATH=%VIRTUAL_ENV%\Scripts;%PATH%"

        """;

    private const string BatchEnd = """
        @echo off
        if defined _VENV_OLD_PATH set "PATH=%_VENV_OLD_PATH%"
        if defined _VENV_OLD_PROMPT set "PROMPT=%_VENV_OLD_PROMPT%"
        if defined _VENV_OLD_PYTHONHOME set "PYTHONHOME=%_VENV_OLD_PYTHONHOME%"
        set _VENV_OLD_PATH=
        set _VENV_OLD_PROMPT=
        set _VENV_OLD_PYTHONHOME=
        set VIRTUAL_ENV=
        set VIRTUAL_ENV_PROMPT=

        """;

    /// <summary>Name and text of each script.</summary>
    public static IEnumerable<(string Name, string Text)> For(VenvLayout layout)
    {
        yield return ("Activate.ps1", PowerShell);
        if (layout.IsWindows)
        {
            yield return ("activate.bat", Batch.ReplaceLineEndings("\r\n"));
            yield return ("deactivate.bat", BatchEnd.ReplaceLineEndings("\r\n"));
            yield break;
        }

        yield return ("activate", Posix);
        yield return ("activate.fish", Fish);
        yield return ("activate.csh", Csh);
    }
}
