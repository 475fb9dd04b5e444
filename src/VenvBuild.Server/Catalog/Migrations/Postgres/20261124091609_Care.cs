using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VenvBuild.Server.Catalog.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Care : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "builds_a_day",
                table: "tokens",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "solves_a_day",
                table: "tokens",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "stored_bytes",
                table: "tokens",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "owner",
                table: "layers",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "packed",
                table: "layers",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "used",
                table: "layers",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "core_metadata_sha256",
                table: "files",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "has_core_metadata",
                table: "files",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "is_yanked",
                table: "files",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "position",
                table: "files",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "requires_python",
                table: "files",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "uploaded",
                table: "files",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "yanked_reason",
                table: "files",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_pinned",
                table: "environments",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "used",
                table: "environments",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "asked_by",
                table: "builds",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "caller_usage",
                columns: table => new
                {
                    caller = table.Column<string>(type: "text", nullable: false),
                    day = table.Column<int>(type: "integer", nullable: false),
                    solves = table.Column<int>(type: "integer", nullable: false),
                    builds = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_caller_usage", x => new { x.caller, x.day });
                });

            migrationBuilder.CreateTable(
                name: "file_metadata",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    distribution_id = table.Column<long>(type: "bigint", nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_file_metadata", x => x.key);
                    table.ForeignKey(
                        name: "FK_file_metadata_distributions_distribution_id",
                        column: x => x.distribution_id,
                        principalTable: "distributions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "index_pages",
                columns: table => new
                {
                    origin = table.Column<string>(type: "text", nullable: false),
                    distribution_id = table.Column<long>(type: "bigint", nullable: false),
                    @checked = table.Column<long>(name: "checked", type: "bigint", nullable: false),
                    is_absent = table.Column<bool>(type: "boolean", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    status_reason = table.Column<string>(type: "text", nullable: true),
                    digest = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_index_pages", x => new { x.origin, x.distribution_id });
                    table.ForeignKey(
                        name: "FK_index_pages_distributions_distribution_id",
                        column: x => x.distribution_id,
                        principalTable: "distributions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_layers_owner",
                table: "layers",
                column: "owner");

            migrationBuilder.CreateIndex(
                name: "IX_file_metadata_distribution_id",
                table: "file_metadata",
                column: "distribution_id");

            migrationBuilder.CreateIndex(
                name: "IX_index_pages_distribution_id",
                table: "index_pages",
                column: "distribution_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "caller_usage");

            migrationBuilder.DropTable(
                name: "file_metadata");

            migrationBuilder.DropTable(
                name: "index_pages");

            migrationBuilder.DropIndex(
                name: "IX_layers_owner",
                table: "layers");

            migrationBuilder.DropColumn(
                name: "builds_a_day",
                table: "tokens");

            migrationBuilder.DropColumn(
                name: "solves_a_day",
                table: "tokens");

            migrationBuilder.DropColumn(
                name: "stored_bytes",
                table: "tokens");

            migrationBuilder.DropColumn(
                name: "owner",
                table: "layers");

            migrationBuilder.DropColumn(
                name: "packed",
                table: "layers");

            migrationBuilder.DropColumn(
                name: "used",
                table: "layers");

            migrationBuilder.DropColumn(
                name: "core_metadata_sha256",
                table: "files");

            migrationBuilder.DropColumn(
                name: "has_core_metadata",
                table: "files");

            migrationBuilder.DropColumn(
                name: "is_yanked",
                table: "files");

            migrationBuilder.DropColumn(
                name: "position",
                table: "files");

            migrationBuilder.DropColumn(
                name: "requires_python",
                table: "files");

            migrationBuilder.DropColumn(
                name: "uploaded",
                table: "files");

            migrationBuilder.DropColumn(
                name: "yanked_reason",
                table: "files");

            migrationBuilder.DropColumn(
                name: "is_pinned",
                table: "environments");

            migrationBuilder.DropColumn(
                name: "used",
                table: "environments");

            migrationBuilder.DropColumn(
                name: "asked_by",
                table: "builds");
        }
    }
}
