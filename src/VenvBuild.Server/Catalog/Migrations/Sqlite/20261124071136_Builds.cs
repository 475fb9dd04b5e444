using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable
#pragma warning disable CA1861, IDE0161

namespace VenvBuild.Server.Catalog.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Builds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "builds",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    lock_digest = table.Column<string>(type: "TEXT", nullable: false),
                    platform = table.Column<string>(type: "TEXT", nullable: false),
                    python = table.Column<string>(type: "TEXT", nullable: false),
                    groups = table.Column<string>(type: "TEXT", nullable: true),
                    has_bytecode = table.Column<bool>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    attempt = table.Column<string>(type: "TEXT", nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    asked = table.Column<long>(type: "INTEGER", nullable: false),
                    changed = table.Column<long>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    rests_until = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_builds", x => x.key);
                    table.ForeignKey(
                        name: "FK_builds_locks_lock_digest",
                        column: x => x.lock_digest,
                        principalTable: "locks",
                        principalColumn: "digest",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "environments",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    manifest = table.Column<byte[]>(type: "BLOB", nullable: false),
                    made = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_environments", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "layers",
                columns: table => new
                {
                    digest = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    made = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_layers", x => x.digest);
                });

            migrationBuilder.CreateTable(
                name: "build_lines",
                columns: table => new
                {
                    build_key = table.Column<string>(type: "TEXT", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    time = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_build_lines", x => new { x.build_key, x.sequence });
                    table.ForeignKey(
                        name: "FK_build_lines_builds_build_key",
                        column: x => x.build_key,
                        principalTable: "builds",
                        principalColumn: "key",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_builds_lock_digest",
                table: "builds",
                column: "lock_digest");

            migrationBuilder.CreateIndex(
                name: "IX_builds_state",
                table: "builds",
                column: "state");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "build_lines");

            migrationBuilder.DropTable(
                name: "environments");

            migrationBuilder.DropTable(
                name: "layers");

            migrationBuilder.DropTable(
                name: "builds");
        }
    }
}
