namespace VenvBuild.Environments;

/// <summary>What runs in the build environment and calls one hook of a backend (PEP 517): JSON in and out, both in files.</summary>
internal static class HookScript
{
    public const string FileName = "call_hook.py";

    // The first entry of sys.path is this file's folder: neither it nor the source tree may be imported from, unless backend-path says so.
    public const string Text = """
        import importlib, json, os, sys

        def main():
            # What is said comes in the order in which it is said.
            os.dup2(1, 2)
            # setuptools sets arguments of its own.
            question, place_of_answer = sys.argv[1:3]
            with open(question, encoding='utf-8') as f:
                asked = json.load(f)
            os.umask(0o022)
            sys.path.pop(0)
            inside = [os.path.abspath(part) for part in asked['path']]
            sys.path[:0] = inside
            module, _, attributes = asked['backend'].partition(':')
            backend = importlib.import_module(module)
            if inside:
                place = getattr(backend, '__file__', None) or ''
                if not any(os.path.abspath(place).startswith(os.path.join(part, '')) for part in inside):
                    sys.exit('The backend %s was not found in backend-path, but at %r.' % (module, place))
            for name in attributes.split('.') if attributes else ():
                backend = getattr(backend, name)
            hook = getattr(backend, asked['hook'], None)
            answer = {'missing': True} if hook is None else {'result': hook(*asked['arguments'])}
            with open(place_of_answer, 'w', encoding='utf-8') as f:
                json.dump(answer, f)

        main()
        """;
}
