using System.Runtime.CompilerServices;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A name that the index has and that was perhaps meant: what modules are called whose distributions are named otherwise, usual
/// prefixes, and slips of the pen in names that many ask for. Few names are tried, and each offered one was found.</summary>
internal static class NameRemedy
{
    private const int MaxTries = 6;

    /// <summary>Modules that are imported by another name than they are installed by.</summary>
    private static readonly Dictionary<string, string> Modules =
        """
        attr=attrs bs4=beautifulsoup4 crypto=pycryptodome cv2=opencv-python dateutil=python-dateutil docx=python-docx dotenv=python-dotenv
        fitz=pymupdf git=gitpython github=pygithub googleapiclient=google-api-python-client grpc=grpcio jose=python-jose jwt=pyjwt
        kafka=kafka-python ldap=python-ldap magic=python-magic multipart=python-multipart mysqldb=mysqlclient openssl=pyopenssl pil=pillow
        pkg-resources=setuptools pptx=python-pptx serial=pyserial skimage=scikit-image sklearn=scikit-learn slugify=python-slugify
        telegram=python-telegram-bot usb=pyusb win32api=pywin32 win32com=pywin32 yaml=pyyaml zmq=pyzmq
        """.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    /// <summary>Names that are asked for so often that a slip is likely meant for one of them.</summary>
    private static readonly string[] Usual =
    [
        "aiohttp", "alembic", "anyio", "asyncpg", "attrs", "azure-identity", "beautifulsoup4", "black", "boto3", "botocore", "celery", "certifi", "click",
        "cryptography", "django", "djangorestframework", "fastapi", "flask", "gunicorn", "httpx", "jinja2", "jupyter", "jupyterlab", "keras", "lxml",
        "matplotlib", "mypy", "numpy", "openai", "openpyxl", "pandas", "pillow", "plotly", "polars", "psycopg2-binary", "pyarrow", "pydantic", "pymongo",
        "pytest", "pytest-cov", "python-dateutil", "python-dotenv", "pytz", "pyyaml", "redis", "requests", "rich", "ruff", "scikit-image", "scikit-learn",
        "scipy", "seaborn", "selenium", "setuptools", "six", "sphinx", "sqlalchemy", "starlette", "streamlit", "tensorflow", "torch", "torchvision",
        "tqdm", "transformers", "typer", "urllib3", "uvicorn", "virtualenv", "websockets", "werkzeug", "wheel",
    ];

    public static async IAsyncEnumerable<string> SeekAsync(PackageName name, IPackageSource source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var candidate in Candidates(name.Value).Where(text => text != name.Value).Distinct(StringComparer.Ordinal).Take(MaxTries))
        {
            if (!PackageName.TryParse(candidate, out var near))
                continue;
            if ((await source.GetReleasesAsync(near, cancellationToken).ConfigureAwait(false)).Releases.Count > 0)
            {
                yield return $"Did you mean '{near}'? That exists.";
                yield break;
            }
        }
    }

    private static IEnumerable<string> Candidates(string name)
    {
        if (Modules.TryGetValue(name, out var distribution))
            yield return distribution;
        foreach (var usual in Usual.Where(usual => Math.Abs(usual.Length - name.Length) <= 2)
            .Select(usual => (Name: usual, Distance: EditDistance.Between(name, usual)))
            .Where(candidate => candidate.Distance <= Math.Max(1, name.Length / 5))
            .OrderBy(candidate => candidate.Distance).Take(2))
        {
            yield return usual.Name;
        }

        yield return name.StartsWith("python-", StringComparison.Ordinal) ? name["python-".Length..] : $"python-{name}";
        yield return name.StartsWith("py", StringComparison.Ordinal) ? name[2..].TrimStart('-') : $"py{name}";
        yield return name.EndsWith('s') ? name[..^1] : $"{name}s";
    }
}
