using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VenvBuild.Server.Catalog.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Layers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "packed",
                table: "layers");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "packed",
                table: "layers",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);
        }
    }
}
