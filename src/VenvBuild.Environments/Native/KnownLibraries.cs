using System.Collections.Frozen;

namespace VenvBuild.Environments;

/// <summary>What is known of libraries by their names: which every system of a kind has, and which packages have the others.</summary>
internal static class KnownLibraries
{
    /// <summary>
    /// What CPython itself does not start without on any Linux with glibc: glibc, and the two runtimes of GCC and zlib, which come with it in every
    /// distribution that wheels are made for. The rest of PEP 600's list (X11, GL, GLib) is missing from containers.
    /// </summary>
    private static readonly FrozenSet<string> Glibc = Set(
        "libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libutil.so.1 libresolv.so.2 libanl.so.1 libnsl.so.1 libcrypt.so.1 libBrokenLocale.so.1 libthread_db.so.1 "
        + "ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 ld-linux.so.2 libgcc_s.so.1 libstdc++.so.6 libz.so.1");

    /// <summary>Alpine's base: musl and zlib, which its package manager needs; the runtimes of GCC are packages there.</summary>
    private static readonly FrozenSet<string> Musl = Set("libc.so libc.musl-x86_64.so.1 libc.musl-aarch64.so.1 ld-musl-x86_64.so.1 ld-musl-aarch64.so.1 libz.so.1");

    /// <summary>Libraries that every Windows since 10 has in System32 (what the ones above the C runtime in wheels import).</summary>
    private static readonly FrozenSet<string> Windows = Set(
        """
        activeds advapi32 avicap32 avrt bcrypt bcryptprimitives bthprops.cpl cabinet cfgmgr32 clbcatq combase comctl32 comdlg32 comsvcs credui crypt32 cryptbase cryptdlg cryptnet cryptsp cryptui
        d2d1 d3d10 d3d10_1 d3d10core d3d10warp d3d11 d3d12 d3d8 d3d9 d3dcompiler_47 davclnt dbgeng dbghelp dciman32 dcomp ddraw dhcpcsvc dhcpcsvc6 dinput dinput8 dnsapi drvstore dsound dsrole dwmapi dwrite dxcore
        dxgi dxva2 esent evr faultrep fltlib fwpuclnt gdi32 gdi32full gdiplus glu32 hid httpapi hhctrl.ocx iashlpr imagehlp imm32 inetcomm iphlpapi kernel32 kernelbase ksuser ktmw32 loadperf logoncli lz32 mf mfcore
        mfplat mfplay mfreadwrite mfsrcsnk mlang mmdevapi mpr mprapi msacm32 msasn1 mscms mscoree msctf msdmo msdrm msftedit mshtml msi msimg32 msvcp_win msvcrt msvfw32 mswsock msxml6 ncrypt ndfapi netapi32 netutils
        newdev normaliz ntdll ntdsapi ntlanman ntmarta odbc32 odbccp32 ole32 oleacc oleaut32 oledlg opengl32 pcwum pdh powrprof prntvpt profapi propsys psapi qwave rasapi32 resutils rpcrt4 rstrtmgr rtm rtutils samcli
        samlib schannel schedcli secur32 security sensapi sensorsapi setupapi sfc sfc_os shcore shell32 shlwapi slc srvcli sspicli strmiids sxs synchronization t2embed tapi32 tbs tdh traffic txfw32 ucrtbase uiautomationcore
        umpdc urlmon user32 userenv usp10 uxtheme version virtdisk vssapi wbemuuid webio webservices wer wevtapi win32u winbio windowscodecs winhttp wininet winmm winnsi winscard winspool.drv winsta wintrust winusb
        wkscli wlanapi wldap32 wldp wmvcore wpcap32 ws2_32 wscapi wsnmp32 wsock32 wtsapi32 xaudio2_9 xinput1_4 xinput9_1_0 xmllite xpsprint
        """);

    private const string PythonPrefix = "libpython3.";
    private const string PythonSuffix = ".so.1.0";

    private static readonly Lazy<FrozenDictionary<string, (string Debian, string? Alpine)>> Packages = new(ReadPackages);

    /// <summary>
    /// Libraries that wheels are known to leave to the system, and the packages of Debian and Ubuntu, and of Alpine, that have them: PEP 600 lets wheels
    /// count on X11, GL and GLib, which containers lack; drivers and databases' clients are left out of wheels for their licence or because their version
    /// must be the server's or the hardware's. A name with (t64) got that ending in Debian 13 and Ubuntu 24.04, by the change to 64-bit times.
    /// </summary>
    private const string PackageTable =
        """
        libGL.so.1 libgl1 mesa-gl
        libGLX.so.0 libglx0 libglvnd
        libGLU.so.1 libglu1-mesa glu
        libEGL.so.1 libegl1 mesa-egl
        libGLESv2.so.2 libgles2 mesa-gles
        libOpenGL.so.0 libopengl0 libglvnd
        libOSMesa.so.8 libosmesa6 mesa-osmesa
        libvulkan.so.1 libvulkan1 vulkan-loader
        libOpenCL.so.1 ocl-icd-libopencl1 opencl-icd-loader
        libglib-2.0.so.0 libglib2.0-0(t64) glib
        libgobject-2.0.so.0 libglib2.0-0(t64) glib
        libgthread-2.0.so.0 libglib2.0-0(t64) glib
        libgio-2.0.so.0 libglib2.0-0(t64) glib
        libgmodule-2.0.so.0 libglib2.0-0(t64) glib
        libgirepository-1.0.so.1 libgirepository-1.0-1 gobject-introspection
        libgtk-3.so.0 libgtk-3-0(t64) gtk+3.0
        libgdk-3.so.0 libgtk-3-0(t64) gtk+3.0
        libgtk-x11-2.0.so.0 libgtk2.0-0(t64) gtk+2.0
        libgdk_pixbuf-2.0.so.0 libgdk-pixbuf-2.0-0 gdk-pixbuf
        libpango-1.0.so.0 libpango-1.0-0 pango
        libpangocairo-1.0.so.0 libpangocairo-1.0-0 pango
        libpangoft2-1.0.so.0 libpangoft2-1.0-0 pango
        libcairo.so.2 libcairo2 cairo
        libfontconfig.so.1 libfontconfig1 fontconfig
        libfreetype.so.6 libfreetype6 freetype
        libharfbuzz.so.0 libharfbuzz0b harfbuzz
        libatk-1.0.so.0 libatk1.0-0(t64) at-spi2-core
        libatk-bridge-2.0.so.0 libatk-bridge2.0-0(t64) at-spi2-core
        libatspi.so.0 libatspi2.0-0(t64) at-spi2-core
        libnss3.so libnss3 nss
        libnssutil3.so libnss3 nss
        libsmime3.so libnss3 nss
        libnspr4.so libnspr4 nspr
        libcups.so.2 libcups2(t64) cups-libs
        libdrm.so.2 libdrm2 libdrm
        libgbm.so.1 libgbm1 mesa-gbm
        libX11.so.6 libx11-6 libx11
        libX11-xcb.so.1 libx11-xcb1 libx11
        libXext.so.6 libxext6 libxext
        libXrender.so.1 libxrender1 libxrender
        libXi.so.6 libxi6 libxi
        libXtst.so.6 libxtst6 libxtst
        libXt.so.6 libxt6 libxt
        libXfixes.so.3 libxfixes3 libxfixes
        libXrandr.so.2 libxrandr2 libxrandr
        libXcursor.so.1 libxcursor1 libxcursor
        libXinerama.so.1 libxinerama1 libxinerama
        libXcomposite.so.1 libxcomposite1 libxcomposite
        libXdamage.so.1 libxdamage1 libxdamage
        libXss.so.1 libxss1 libxscrnsaver
        libXxf86vm.so.1 libxxf86vm1 libxxf86vm
        libXft.so.2 libxft2 libxft
        libXau.so.6 libxau6 libxau
        libXdmcp.so.6 libxdmcp6 libxdmcp
        libSM.so.6 libsm6 libsm
        libICE.so.6 libice6 libice
        libxcb.so.1 libxcb1 libxcb
        libxcb-cursor.so.0 libxcb-cursor0 xcb-util-cursor
        libxcb-icccm.so.4 libxcb-icccm4 xcb-util-wm
        libxcb-image.so.0 libxcb-image0 xcb-util-image
        libxcb-keysyms.so.1 libxcb-keysyms1 xcb-util-keysyms
        libxcb-render-util.so.0 libxcb-render-util0 xcb-util-renderutil
        libxcb-render.so.0 libxcb-render0 libxcb
        libxcb-randr.so.0 libxcb-randr0 libxcb
        libxcb-shape.so.0 libxcb-shape0 libxcb
        libxcb-shm.so.0 libxcb-shm0 libxcb
        libxcb-sync.so.1 libxcb-sync1 libxcb
        libxcb-util.so.1 libxcb-util1 xcb-util
        libxcb-xfixes.so.0 libxcb-xfixes0 libxcb
        libxcb-xinerama.so.0 libxcb-xinerama0 libxcb
        libxcb-xkb.so.1 libxcb-xkb1 libxcb
        libxkbcommon.so.0 libxkbcommon0 libxkbcommon
        libxkbcommon-x11.so.0 libxkbcommon-x11-0 libxkbcommon
        libwayland-client.so.0 libwayland-client0 wayland-libs-client
        libwayland-cursor.so.0 libwayland-cursor0 wayland-libs-cursor
        libwayland-egl.so.1 libwayland-egl1 wayland-libs-egl
        libdbus-1.so.3 libdbus-1-3 dbus-libs
        libasound.so.2 libasound2(t64) alsa-lib
        libpulse.so.0 libpulse0 libpulse
        libpulse-mainloop-glib.so.0 libpulse-mainloop-glib0 libpulse-mainloop-glib
        libportaudio.so.2 libportaudio2 portaudio
        libsndfile.so.1 libsndfile1 libsndfile
        libjack.so.0 libjack-jackd2-0 jack
        libgstreamer-1.0.so.0 libgstreamer1.0-0 gstreamer
        libavcodec.so.59 libavcodec59 -
        libavformat.so.59 libavformat59 -
        libtk8.6.so libtk8.6 tk
        libtcl8.6.so libtcl8.6 tcl
        libpq.so.5 libpq5 libpq
        libmysqlclient.so.21 libmysqlclient21 -
        libmariadb.so.3 libmariadb3 mariadb-connector-c
        libodbc.so.2 libodbc2 unixodbc
        libodbcinst.so.2 libodbcinst2 unixodbc
        libsqlite3.so.0 libsqlite3-0 sqlite-libs
        libaio.so.1 libaio1(t64) libaio
        libldap-2.5.so.0 libldap-2.5-0 libldap
        libsasl2.so.2 libsasl2-2 libsasl
        libgssapi_krb5.so.2 libgssapi-krb5-2 krb5-libs
        libkrb5.so.3 libkrb5-3 krb5-libs
        libssl.so.3 libssl3(t64) libssl3
        libcrypto.so.3 libssl3(t64) libcrypto3
        libcurl.so.4 libcurl4(t64) libcurl
        libcurl-gnutls.so.4 libcurl3-gnutls -
        libssh.so.4 libssh-4 libssh
        libssh2.so.1 libssh2-1(t64) libssh2
        libgit2.so.1.5 libgit2-1.5 libgit2
        libxml2.so.2 libxml2 libxml2
        libxslt.so.1 libxslt1.1 libxslt
        libexslt.so.0 libxslt1.1 libxslt
        libxmlsec1.so.1 libxmlsec1(t64) xmlsec
        libexpat.so.1 libexpat1 libexpat
        libffi.so.8 libffi8 libffi
        libuuid.so.1 libuuid1 libuuid
        libmagic.so.1 libmagic1(t64) libmagic
        libbz2.so.1.0 libbz2-1.0 libbz2
        liblzma.so.5 liblzma5 xz-libs
        libzstd.so.1 libzstd1 zstd-libs
        liblz4.so.1 liblz4-1 lz4-libs
        libsnappy.so.1 libsnappy1v5 snappy
        libncurses.so.6 libncurses6 ncurses-libs
        libncursesw.so.6 libncursesw6 ncurses-libs
        libtinfo.so.6 libtinfo6 ncurses-libs
        libtinfo.so.5 libtinfo5 -
        libreadline.so.8 libreadline8(t64) readline
        libgomp.so.1 libgomp1 libgomp
        libgfortran.so.5 libgfortran5 libgfortran
        libquadmath.so.0 libquadmath0 libquadmath
        libatomic.so.1 libatomic1 libatomic
        libstdc++.so.6 libstdc++6 libstdc++
        libgcc_s.so.1 libgcc-s1 libgcc
        libz.so.1 zlib1g zlib
        libcrypt.so.1 libcrypt1 libxcrypt-compat
        libnsl.so.1 libnsl2 -
        libblas.so.3 libblas3 blas
        liblapack.so.3 liblapack3 lapack
        libopenblas.so.0 libopenblas0 openblas
        libtbb.so.12 libtbb12 onetbb
        libhdf5_serial.so.103 libhdf5-103-1 hdf5
        libnetcdf.so.19 libnetcdf19 netcdf
        libgdal.so.32 libgdal32 gdal
        libgeos_c.so.1 libgeos-c1v5 geos
        libproj.so.25 libproj25 proj
        libspatialindex.so.6 libspatialindex6 libspatialindex
        libjpeg.so.62 libjpeg62-turbo libjpeg-turbo
        libjpeg.so.8 libjpeg8 libjpeg-turbo
        libpng16.so.16 libpng16-16(t64) libpng
        libtiff.so.6 libtiff6 tiff
        libwebp.so.7 libwebp7 libwebp
        libopenjp2.so.7 libopenjp2-7 openjpeg
        liblcms2.so.2 liblcms2-2 lcms2
        libzbar.so.0 libzbar0(t64) zbar
        libtesseract.so.5 libtesseract5 tesseract-ocr
        libusb-1.0.so.0 libusb-1.0-0 libusb
        libudev.so.1 libudev1 eudev-libs
        libhidapi-hidraw.so.0 libhidapi-hidraw0 hidapi
        libhidapi-libusb.so.0 libhidapi-libusb0 hidapi
        libbluetooth.so.3 libbluetooth3 bluez-libs
        libsystemd.so.0 libsystemd0 -
        libsecret-1.so.0 libsecret-1-0 libsecret
        libpcap.so.0.8 libpcap0.8(t64) libpcap
        libzmq.so.5 libzmq5 libzmq
        libibverbs.so.1 libibverbs1 rdma-core
        librdmacm.so.1 librdmacm1(t64) rdma-core
        libnuma.so.1 libnuma1 numactl
        libmpi.so.40 libopenmpi3(t64) openmpi
        libenchant-2.so.2 libenchant-2-2 enchant2
        libespeak-ng.so.1 libespeak-ng1 espeak-ng
        libgmp.so.10 libgmp10 gmp
        libmpfr.so.6 libmpfr6 mpfr4
        libgsl.so.27 libgsl27 gsl
        libfftw3.so.3 libfftw3-double3 fftw-double-libs
        libcuda.so.1 libcuda1 -
        libnvidia-ml.so.1 libnvidia-ml1 -
        """;

    /// <summary>Whether every Linux has a library.</summary>
    public static bool IsOfLinux(string library, bool isMusl) => (isMusl ? Musl : Glibc).Contains(library);

    /// <summary>Whether every Windows has a library.</summary>
    public static bool IsOfWindows(string library)
    {
        if (library.StartsWith("api-ms-win-", StringComparison.OrdinalIgnoreCase) || library.StartsWith("ext-ms-", StringComparison.OrdinalIgnoreCase))
            return true;
        var name = library.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? library[..^4] : library;
        return Windows.Contains(name.ToLowerInvariant());
    }

    /// <summary>Whether a library is of the C++ runtime, which neither Windows nor Python brings.</summary>
    public static bool IsOfVisualCpp(string library) =>
        library.StartsWith("msvcp140", StringComparison.OrdinalIgnoreCase) || library.StartsWith("vcruntime140", StringComparison.OrdinalIgnoreCase)
        || library.StartsWith("concrt140", StringComparison.OrdinalIgnoreCase) || library.StartsWith("vcomp140", StringComparison.OrdinalIgnoreCase)
        || library.StartsWith("vcamp140", StringComparison.OrdinalIgnoreCase) || library.StartsWith("mfc140", StringComparison.OrdinalIgnoreCase);

    /// <summary>The packages that have libraries, in order; those of which none is known are left out.</summary>
    /// <param name="libraries">The libraries' names.</param>
    /// <param name="isMusl">Whether Alpine's packages are meant, and not Debian's.</param>
    /// <param name="hasLargeTimes">Whether Debian's packages bear the names since the change to 64-bit times.</param>
    public static IReadOnlyList<string> PackagesOf(IEnumerable<string> libraries, bool isMusl, bool hasLargeTimes)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var library in libraries)
        {
            if (Packages.Value.TryGetValue(library, out var package) && (isMusl ? package.Alpine : package.Debian) is { } name)
                found.Add(name.Replace("(t64)", hasLargeTimes ? "t64" : "", StringComparison.Ordinal));
            // A module should not ask for the library of Python (PEP 513): many Pythons are one program.
            else if (!isMusl && library.StartsWith(PythonPrefix, StringComparison.Ordinal) && library.EndsWith(PythonSuffix, StringComparison.Ordinal))
                found.Add($"libpython3.{library[PythonPrefix.Length..^PythonSuffix.Length]}");
        }

        return [.. found];
    }

    private static FrozenDictionary<string, (string Debian, string? Alpine)> ReadPackages() =>
        PackageTable.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(' '))
            .ToFrozenDictionary(words => words[0], words => (words[1], words[2] == "-" ? null : words[2]), StringComparer.Ordinal);

    private static FrozenSet<string> Set(string words) => words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet(StringComparer.Ordinal);
}
