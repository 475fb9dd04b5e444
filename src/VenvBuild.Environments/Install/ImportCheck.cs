namespace VenvBuild.Environments;

/// <summary>
/// The check that imports every top-level module of every distribution, and those below namespace packages. They are imported one after the other
/// in one process, and in a new one after a module that ended it.
/// </summary>
internal static class ImportCheck
{
    /// <summary>What the environment's Python runs. It names each module that fails with the distribution that brings it, and ends with 1 if any does.</summary>
    public const string Program = """
        import importlib.machinery, importlib.metadata, json, os, subprocess, sys, sysconfig, tempfile
        suffixes = sorted(importlib.machinery.all_suffixes(), key=len, reverse=True)
        beside = {'test', 'tests', 'testing', 'doc', 'docs', 'example', 'examples', 'benchmarks', 'conftest', 'setup', 'scripts'}
        child = '''
        import importlib, json, sys
        names, progress = json.load(open(sys.argv[1], encoding='utf-8')), open(sys.argv[2], 'a', encoding='utf-8', buffering=1)
        for name in names:
            progress.write('+' + name + chr(10))
            try:
                importlib.import_module(name)
            except BaseException as e:
                progress.write('!' + type(e).__name__ + ': ' + (str(e).splitlines() or [''])[0] + chr(10))
        progress.write('.' + chr(10))
        '''
        def stem(file):
            return next((file[:-len(s)] for s in suffixes if file.endswith(s) and not file.endswith('.pyc')), None)
        def modules(tree, prefix, depth):
            for name, below in tree.items():
                plain = stem(name) if below is None else name
                if plain is None or not plain.isidentifier() or plain == '__pycache__' or (not prefix and plain in beside):
                    continue
                if below is None:
                    if plain not in ('__init__', '__main__'):
                        yield prefix + plain
                elif any(b is None and stem(n) == '__init__' for n, b in below.items()):
                    yield prefix + plain
                elif depth < 4:
                    yield from modules(below, prefix + plain + '.', depth + 1)
        owners = {}
        for distribution in importlib.metadata.distributions(path=sorted({sysconfig.get_path('purelib'), sysconfig.get_path('platlib')})):
            tree = {}
            for file in distribution.files or ():
                parts = file.parts
                if parts[0] == '..' or parts[0].endswith(('.dist-info', '.data')):
                    continue
                at = tree
                for part in parts[:-1]:
                    at = at.setdefault(part, {})
                    if at is None:
                        break
                else:
                    at.setdefault(parts[-1], None)
            for name in modules(tree, '', 0):
                if not any((name + '.').startswith(left_out + '.') for left_out in sys.argv[1:]):
                    owners.setdefault(name, distribution.metadata['Name'] + ' ' + distribution.version)
        left, failed = sorted(owners), 0
        with tempfile.TemporaryDirectory() as folder:
            asked, progress = os.path.join(folder, 'names'), os.path.join(folder, 'progress')
            while left:
                with open(asked, 'w', encoding='utf-8') as f:
                    json.dump(left, f)
                open(progress, 'w').close()
                ended = subprocess.run([sys.executable, '-I', '-B', '-c', child, asked, progress], stdin=subprocess.DEVNULL, cwd=folder)
                lines = open(progress, encoding='utf-8').read().splitlines()
                begun = [line[1:] for line in lines if line[0] == '+']
                for at, line in enumerate(lines):
                    if line[0] == '!':
                        failed += 1
                        print(f'{lines[at - 1][1:]} ({owners[lines[at - 1][1:]]}): {line[1:]}', flush=True)
                if lines and lines[-1] == '.':
                    break
                if not begun:
                    sys.exit(f'python ended with {ended.returncode} before it imported anything')
                failed += 1
                print(f'{begun[-1]} ({owners[begun[-1]]}): importing it ended the process with {ended.returncode}', flush=True)
                left = left[len(begun):]
        print(f'{len(owners) - failed} of {len(owners)} modules can be imported')
        sys.exit(failed > 0)
        """;
}
